/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The one facade for JSON: a cursor over a parsed, immutable document, and a writer. Only this file
 * pair knows the library underneath, so that it can be replaced. A cursor of something absent, or
 * of another type, is a "null cursor": reading through it is safe and gives the default, so hostile
 * input needs no checks at each step. Cursors borrow from the document. Any thread; a document may
 * be read by several threads at once. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MxJsonDocument MxJsonDocument;

typedef struct
{
  gpointer node; /* private; NULL: absent */
} MxJson;

typedef enum
{
  MX_JSON_ABSENT,
  MX_JSON_NULL,
  MX_JSON_BOOLEAN,
  MX_JSON_INTEGER,
  MX_JSON_DOUBLE,
  MX_JSON_STRING,
  MX_JSON_ARRAY,
  MX_JSON_OBJECT,
} MxJsonType;

/* Depth is limited (100), trailing garbage and invalid UTF-8 are errors
 * (MX_MATRIX_ERROR_INVALID_RESPONSE). */
MxJsonDocument *mx_json_document_parse (const char *data, gssize length, GError **error);
MxJsonDocument *mx_json_document_parse_bytes (GBytes *bytes, GError **error);
MxJsonDocument *mx_json_document_ref (MxJsonDocument *self);
void mx_json_document_unref (MxJsonDocument *self);
MxJson mx_json_document_root (MxJsonDocument *self);
/* A document of its own with a copy of this value, which lives without the one that self comes
 * from, on any thread. NULL for an absent cursor. */
MxJsonDocument *mx_json_dup_document (MxJson self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxJsonDocument, mx_json_document_unref)

MxJsonType mx_json_type (MxJson self);
gboolean mx_json_is_object (MxJson self);
MxJson mx_json_get (MxJson object, const char *member);
MxJson mx_json_path (MxJson object,
                     const char *first,
                     ...) G_GNUC_NULL_TERMINATED; /* members, outermost first */
MxJson mx_json_at (MxJson array, unsigned index);
unsigned mx_json_size (MxJson array_or_object);
const char *mx_json_string (MxJson self); /* NULL unless a string */
const char *mx_json_string_or (MxJson self, const char *fallback);
gint64 mx_json_int (MxJson self, gint64 fallback); /* integral doubles are accepted */
double mx_json_double (MxJson self, double fallback);
gboolean mx_json_bool (MxJson self, gboolean fallback);
const char *mx_json_get_string (MxJson object, const char *member); /* shorthand */

/* for (mx_json_iter_init (&iter, object); mx_json_iter_next (&iter, &name, &value);) ; name is NULL
 * for arrays */
typedef struct
{
  gpointer priv[10];
} MxJsonIter;
void mx_json_iter_init (MxJsonIter *iter, MxJson array_or_object);
gboolean mx_json_iter_next (MxJsonIter *iter, const char **name, MxJson *value);

char *mx_json_to_text (MxJson self); /* compact; caller owns; NULL for absent */
/* Canonical JSON (spec appendices): sorted keys, integers only within ±(2^53-1), UTF-8 unescaped;
 * skip: members left out of the outermost object ("signatures", "unsigned"), NULL-terminated,
 * nullable. Error on floats. */
char *mx_json_to_canonical (MxJson self, const char *const *skip, GError **error);

/* Writer: mx_json_begin_object(w, NULL) … mx_json_end(w). `name` is NULL inside arrays and at the
 * root. */
typedef struct _MxJsonWriter MxJsonWriter;
MxJsonWriter *mx_json_writer_new (void);
void mx_json_writer_free (MxJsonWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxJsonWriter, mx_json_writer_free)
void mx_json_begin_object (MxJsonWriter *self, const char *name);
void mx_json_begin_array (MxJsonWriter *self, const char *name);
void mx_json_end (MxJsonWriter *self);
void mx_json_add_string (MxJsonWriter *self,
                         const char *name,
                         const char *value); /* NULL value: left out */
void mx_json_add_int (MxJsonWriter *self, const char *name, gint64 value);
void mx_json_add_double (MxJsonWriter *self, const char *name, double value);
void mx_json_add_bool (MxJsonWriter *self, const char *name, gboolean value);
void mx_json_add_null (MxJsonWriter *self, const char *name);
void mx_json_add_json (MxJsonWriter *self,
                       const char *name,
                       MxJson value);              /* copies; absent: left out */
char *mx_json_writer_to_text (MxJsonWriter *self); /* caller owns; all must be ended */

G_END_DECLS
