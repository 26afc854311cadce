/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What others made of the entries in the backup: the server keeps whatever came last (E2E-136). */
#pragma once

#include "mx-work-loop.h"

G_BEGIN_DECLS

/* Once a day, if the backup is another one than at the last look and of a size that is read at one
 * go: what is worse there than here, damaged or gone is due again, what is better is taken over. On
 * the fiber of the backup's flow; version: that in use, of which this device has the private key.
 */
gboolean mx_backup_review (const MxWorkRun *run, const char *version, GError **error);

G_END_DECLS
