/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The one place that calls SQLite: prepared statements by their text, binding, stepping, errors.
 * Private to store/. The first failure sticks to the connection until mx_sql_leave() hands it out;
 * until then every other call does nothing and returns FALSE, so that code between enter and leave
 * needs no check at each statement. */
#pragma once

#include "mx-store-account.h"
#include "mx-store-decryption.h"

#include <sqlite3.h>

G_BEGIN_DECLS

struct _MxStore
{
  sqlite3 *db;
  GThread *thread;
  MxStoreMode mode;
  char *path;
  int lock_fd;             /* WRITE: the owner lock */
  GHashTable *statements;  /* SQL literal → sqlite3_stmt */
  GError *failure;         /* sticks, see above */
  unsigned depth;          /* nesting of mx_sql_enter */
  gboolean in_transaction; /* mx_store_begin … commit */
  gboolean is_broken;      /* a statement failed in this transaction: it cannot be committed */
  gboolean is_open;        /* the key has proved right */
  gboolean is_damaged;     /* that was noted */
  MxStoreDamageFunc damage_func;
  gpointer damage_data;
  guint64 recipients;           /* see mx_store_get_recipients_stamp () */
  gint64 media_total;           /* bytes of the media cache, -1: not counted */
  MxStoreAccount account;       /* parsed account data, see there */
  const MxDecryptor *decryptor; /* NULL: encrypted events stay as they are */
  gpointer decryptor_data;
};

/* Around every public function. enter: asserts the thread, opens a read snapshot when no
 * transaction is open. enter_write: fails unless a transaction is open. leave: FALSE with error
 * when anything failed since. */
void mx_sql_enter (MxStore *self);
void mx_sql_enter_write (MxStore *self);
gboolean mx_sql_leave (MxStore *self, GError **error);
/* leave for functions without GError: a failure is logged by its code. */
gboolean mx_sql_leave_logged (MxStore *self);

/* sql must be a literal (statements are kept by its address). types, a letter per parameter: i int,
 * l gint64, d double, s text (nullable; must live until the statement is done), b GBytes
 * (nullable). */
sqlite3_stmt *mx_sql_query (MxStore *self, const char *sql, const char *types, ...);
/* TRUE: a row is there. FALSE: no more (statement reset), or failure. */
gboolean mx_sql_step (MxStore *self, sqlite3_stmt *statement);
/* Leaving a loop early. */
void mx_sql_done (sqlite3_stmt *statement);
/* A statement without result; TRUE when it ran. */
gboolean mx_sql_run (MxStore *self, const char *sql, const char *types, ...);
/* Like run; TRUE when rows changed. */
gboolean mx_sql_change (MxStore *self, const char *sql, const char *types, ...);
/* First column of the first row. */
gint64 mx_sql_int (MxStore *self, gint64 fallback, const char *sql, const char *types, ...);
char *mx_sql_text (MxStore *self, const char *sql, const char *types, ...);
/* Several statements, not kept. */
gboolean mx_sql_script (MxStore *self, const char *sql);
void mx_sql_fail (MxStore *self, int result);
/* A result of SQLite that says "damaged" is noted, see mx_store_set_damage_func. */
void mx_sql_look_for_damage (MxStore *self, int result);
void mx_sql_note_damage (MxStore *self);
/* Forgets every prepared statement. */
void mx_sql_finalize (MxStore *self);
void mx_sql_set_error (GError **error, sqlite3 *db, int result);
/* 32 bytes as SQLCipher's raw key: no derivation. salt: NULL, the one in the file. A result of
 * SQLite.
 */
int mx_sql_set_key (sqlite3 *db, MxSecret *key, const guint8 *salt);

/* A blob of exactly this size, such as a key; FALSE, out untouched: there is none. */
gboolean mx_sql_column_bytes (sqlite3_stmt *statement, int column, gpointer out, gsize size);

#define mx_sql_column_text(statement, column)                                                      \
  ((const char *) sqlite3_column_text ((statement), (column)))
#define mx_sql_column_dup(statement, column) (g_strdup (mx_sql_column_text ((statement), (column))))

G_END_DECLS
