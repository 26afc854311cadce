/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Walking through a large JSON text without building a tree of it: the members of one object, or
 * the items of one array, as pieces of the text, to be parsed one by one by mx_json_document_parse
 * (), which is where they are checked. For what would take too much memory otherwise (a key backup,
 * a file of keys). Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *p; /* private */
  const char *end;
  gboolean is_object;
  gboolean is_first;
} MxJsonSlices;

/* data must live as long as self. FALSE: neither object nor array. */
gboolean mx_json_slices_init (MxJsonSlices *self, const char *data, gsize size);
/* The next piece. name (nullable): the member's, unescaped, NULL in arrays; the caller frees.
 * FALSE: no more; error is set when the text is broken. */
gboolean mx_json_slices_next (MxJsonSlices *self,
                              char **name,
                              const char **value,
                              gsize *size,
                              GError **error);

G_END_DECLS
