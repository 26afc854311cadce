/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a job of several steps knows, in one box: its fiber holds it, and so does each piece of work
 * on the account thread that it waits for, for either may end first (DESIGN §3). */
#pragma once

#include "mx-session-private.h"

/* For Type, a struct with a member `session` that is made by
 * g_atomic_rc_box_new0() and emptied by prefix_clear(). Defines prefix_unref(), g_autoptr (Type),
 * and two ways of doing one step:
 *
 *   prefix_write (self, func)        a future, as mx_session_write()
 *   prefix_step (self, func, error)  waits for it; on a fiber
 */
#define MX_SESSION_DEFINE_STEPS(Type, prefix)                                                      \
  static void prefix##_unref (gpointer data)                                                       \
  {                                                                                                \
    g_atomic_rc_box_release_full (data, prefix##_clear);                                           \
  }                                                                                                \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (Type, prefix##_unref)                                             \
                                                                                                   \
  G_GNUC_UNUSED static DexFuture *prefix##_write (Type *self, MxStoreFunc func)                    \
  {                                                                                                \
    return mx_session_write (self->session, func, g_atomic_rc_box_acquire (self), prefix##_unref); \
  }                                                                                                \
                                                                                                   \
  G_GNUC_UNUSED static gboolean prefix##_step (Type *self, MxStoreFunc func, GError **error)       \
  {                                                                                                \
    return dex_await (prefix##_write (self, func), error);                                         \
  }
