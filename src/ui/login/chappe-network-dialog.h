/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Proxy and certificate authority: settings, applied as they are typed, used by the next
 * connection. Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The enum of the key "proxy-mode". */
typedef enum
{
  CHAPPE_PROXY_SYSTEM,
  CHAPPE_PROXY_NONE,
  CHAPPE_PROXY_MANUAL,
} ChappeProxyMode;

#define CHAPPE_TYPE_NETWORK_DIALOG (chappe_network_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeNetworkDialog, chappe_network_dialog, CHAPPE, NETWORK_DIALOG, AdwDialog)

GtkWidget *chappe_network_dialog_new (void);

G_END_DECLS
