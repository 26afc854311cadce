/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-window-pages.h"

#include "chappe-locked-page.h"
#include "chappe-login-page.h"
#include "chappe-repair-page.h"
#include "chappe-signed-out-page.h"

typedef struct
{
  const char *page;
  const char *signal;
  GCallback callback;
} Connection;

struct _ChappeWindowPages
{
  GtkStack *stack;
  gpointer owner;
  GArray *connections; /* Connection */
};

ChappeWindowPages *
chappe_window_pages_new (GtkStack *stack, gpointer owner)
{
  ChappeWindowPages *self = g_new0 (ChappeWindowPages, 1);

  self->stack = stack;
  self->owner = owner;
  self->connections = g_array_new (FALSE, FALSE, sizeof (Connection));

  return self;
}

void
chappe_window_pages_free (ChappeWindowPages *self)
{
  g_array_unref (self->connections);
  g_free (self);
}

void
chappe_window_pages_connect (ChappeWindowPages *self,
                             const char *page,
                             const char *signal,
                             GCallback callback)
{
  Connection connection = { page, signal, callback };

  g_array_append_val (self->connections, connection);
}

static GType
type_of (const char *page)
{
  if (g_str_equal (page, "login"))
    return CHAPPE_TYPE_LOGIN_PAGE;
  if (g_str_equal (page, "locked"))
    return CHAPPE_TYPE_LOCKED_PAGE;
  if (g_str_equal (page, "repairing"))
    return CHAPPE_TYPE_REPAIR_PAGE;
  g_assert (g_str_equal (page, "signed-out"));
  return CHAPPE_TYPE_SIGNED_OUT_PAGE;
}

gpointer
chappe_window_pages_take (ChappeWindowPages *self, const char *page)
{
  GtkWidget *widget = gtk_stack_get_child_by_name (self->stack, page);

  if (widget != NULL)
    return widget;

  widget = g_object_new (type_of (page), NULL);
  for (unsigned i = 0; i < self->connections->len; i++)
    {
      const Connection *connection = &g_array_index (self->connections, Connection, i);

      if (g_str_equal (connection->page, page))
        g_signal_connect_object (widget,
                                 connection->signal,
                                 connection->callback,
                                 self->owner,
                                 G_CONNECT_SWAPPED);
    }
  gtk_stack_add_named (self->stack, widget, page);
  return widget;
}

const char *
chappe_window_page_of_session (MxSession *session, gboolean reading)
{
  if (session == NULL)
    return "login";
  switch (mx_session_get_state (session))
    {
    case MX_SESSION_LOCKED:
      return "locked";
    case MX_SESSION_REPAIRING:
      return "repairing";
    case MX_SESSION_OPEN:
      return "main";
    case MX_SESSION_SIGNED_OUT:
    case MX_SESSION_SOFT_SIGNED_OUT:
      return reading ? "main" : "signed-out";
    case MX_SESSION_CLOSED:
    case MX_SESSION_OPENING:
    default:
      return "blank";
    }
}
