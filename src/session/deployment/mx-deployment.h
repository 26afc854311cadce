/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What differs between Tchap and any other Matrix service: data (DESIGN §7), read from a key file.
 * Immutable. Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MX_TYPE_DEPLOYMENT (mx_deployment_get_type ())
G_DECLARE_FINAL_TYPE (MxDeployment, mx_deployment, MX, DEPLOYMENT, GObject)

/* name: "plain" or the name of an installed file (tchap.ini) in dirs (administrator's folder
 * first); NULL: the default. Never NULL: falls back to plain, with error set. */
MxDeployment *mx_deployment_load (const char *name, const char *const *dirs, GError **error);
const char *mx_deployment_get_name (MxDeployment *self);
const char *mx_deployment_get_title (MxDeployment *self);                  /* "Tchap" */
const char *const *mx_deployment_get_permalink_hosts (MxDeployment *self); /* never NULL */
const char *mx_deployment_get_help_uri (MxDeployment *self);               /* NULL */
const char *mx_deployment_get_default_server (MxDeployment *self);         /* NULL */
/* Keys of messages go to every device of a room's members; else (the default) only to those that
 * their owners signed (MSC4153). */
gboolean mx_deployment_shares_with_all (MxDeployment *self);
/* Where the files lie: the organisation's, then ours. data_dir: that of the installed program.
 * Caller owns. */
GStrv mx_deployment_dup_folders (const char *data_dir);
/* Servers to choose from: name and label pairs, alternating; empty for plain. */
const char *const *mx_deployment_get_servers (MxDeployment *self);

G_END_DECLS
