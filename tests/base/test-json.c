/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-json.h"

#include <string.h>

#include "mx-error.h"

static MxJsonDocument *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MxJsonDocument *document = mx_json_document_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (document);

  return document;
}

static void
refuse (const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_json_document_parse (text, length, &error));
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
}

static void
test_read (void)
{
  g_autoptr (MxJsonDocument) document =
    parse ("{\"s\":\"é\\u00e9\\ud83d\\ude00\",\"i\":-42,\"d\":1.5,\"w\":7.0,\"t\":true,"
           "\"n\":null,\"a\":[1,\"x\",{}],\"o\":{\"p\":{\"q\":\"deep\"}},\"\":0}");
  MxJson root = mx_json_document_root (document);

  g_assert_true (mx_json_is_object (root));
  g_assert_cmpuint (mx_json_size (root), ==, 9);
  g_assert_cmpstr (mx_json_get_string (root, "s"), ==, "éé😀");
  g_assert_cmpint (mx_json_int (mx_json_get (root, "i"), 0), ==, -42);
  g_assert_cmpfloat (mx_json_double (mx_json_get (root, "i"), 0), ==, -42.0);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "d"), 9), ==, 9);
  g_assert_cmpfloat (mx_json_double (mx_json_get (root, "d"), 0), ==, 1.5);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "w"), 9), ==, 7);
  g_assert_true (mx_json_bool (mx_json_get (root, "t"), FALSE));
  g_assert_cmpint (mx_json_type (mx_json_get (root, "n")), ==, MX_JSON_NULL);
  g_assert_cmpuint (mx_json_size (mx_json_get (root, "a")), ==, 3);
  g_assert_cmpstr (mx_json_string (mx_json_at (mx_json_get (root, "a"), 1)), ==, "x");
  g_assert_cmpstr (mx_json_string (mx_json_path (root, "o", "p", "q", NULL)), ==, "deep");
  g_assert_cmpint (mx_json_type (mx_json_get (root, "")), ==, MX_JSON_INTEGER);
}

static void
test_absent (void)
{
  g_autoptr (MxJsonDocument) document = parse ("{\"s\":\"x\",\"a\":[1],\"i\":1}");
  MxJson root = mx_json_document_root (document);
  MxJson nothing = mx_json_get (root, "nothing");
  MxJsonIter iter;

  g_assert_cmpint (mx_json_type (nothing), ==, MX_JSON_ABSENT);
  g_assert_null (mx_json_string (mx_json_get (nothing, "x")));
  g_assert_null (mx_json_string (mx_json_path (root, "s", "x", "y", NULL)));
  g_assert_cmpint (mx_json_type (mx_json_at (root, 0)), ==, MX_JSON_ABSENT);
  g_assert_cmpint (mx_json_type (mx_json_at (mx_json_get (root, "a"), 1)), ==, MX_JSON_ABSENT);
  g_assert_cmpint (mx_json_type (mx_json_get (mx_json_get (root, "a"), "x")), ==, MX_JSON_ABSENT);
  g_assert_cmpuint (mx_json_size (nothing), ==, 0);
  g_assert_cmpuint (mx_json_size (mx_json_get (root, "s")), ==, 0);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "s"), 5), ==, 5);
  g_assert_cmpfloat (mx_json_double (mx_json_get (root, "s"), 5), ==, 5);
  g_assert_true (mx_json_bool (mx_json_get (root, "i"), TRUE));
  g_assert_cmpstr (mx_json_string_or (mx_json_get (root, "i"), "y"), ==, "y");
  g_assert_null (mx_json_get_string (root, "i"));
  g_assert_null (mx_json_to_text (nothing));
  g_assert_cmpint (mx_json_type (mx_json_document_root (NULL)), ==, MX_JSON_ABSENT);

  mx_json_iter_init (&iter, nothing);
  g_assert_false (mx_json_iter_next (&iter, NULL, NULL));
  mx_json_iter_init (&iter, mx_json_get (root, "s"));
  g_assert_false (mx_json_iter_next (&iter, NULL, NULL));
}

static void
test_iter (void)
{
  g_autoptr (MxJsonDocument) document = parse ("{\"z\":1,\"a\":[10,20],\"m\":{}}");
  MxJson root = mx_json_document_root (document);
  g_autoptr (GString) seen = g_string_new (NULL);
  const char *name = NULL;
  MxJsonIter iter;
  MxJson value;

  for (mx_json_iter_init (&iter, root); mx_json_iter_next (&iter, &name, &value);)
    g_string_append_printf (seen, "%s%u ", name, mx_json_size (value));
  g_assert_cmpstr (seen->str, ==, "z0 a2 m0 ");

  g_string_truncate (seen, 0);
  for (mx_json_iter_init (&iter, mx_json_get (root, "a"));
       mx_json_iter_next (&iter, &name, &value);)
    {
      g_assert_null (name);
      g_string_append_printf (seen, "%d ", (int) mx_json_int (value, 0));
    }
  g_assert_cmpstr (seen->str, ==, "10 20 ");

  mx_json_iter_init (&iter, mx_json_get (root, "m"));
  g_assert_false (mx_json_iter_next (&iter, &name, &value));
}

static void
test_malformed (void)
{
  static const char *const bad[] = {
    "",
    " ",
    "{",
    "}",
    "[1,]",
    "{\"a\":}",
    "{\"a\" 1}",
    "{} x",
    "{} {}",
    "[] 1",
    "{'a':1}",
    "{a:1}",
    "// c\n{}",
    "/* c */ {}",
    "nul",
    "tru",
    "NaN",
    "Infinity",
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "\"abc",
    "\"\\x\"",
    "\"\\u12\"",
    "\"a\nb\"",
    "var a = 1;",
    "{\"a\":1",
    "[1 2]",
    "\xff",
    "\"\xc3\"",
    "\"\xed\xa0\x80\"",
    "\"\xc0\x80\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("case %zu", i);
      refuse (bad[i], -1);
    }
  refuse ("{\"a\":\"x\0y\"}", 11);
  refuse ("{}\0", 3);
  refuse (NULL, 0);
}

static void
test_scalars_at_root (void)
{
  g_autoptr (MxJsonDocument) text = parse (" \"x\" ");
  g_autoptr (MxJsonDocument) number = parse ("12");
  g_autoptr (MxJsonDocument) null = parse ("null");

  g_assert_cmpstr (mx_json_string (mx_json_document_root (text)), ==, "x");
  g_assert_cmpint (mx_json_int (mx_json_document_root (number), 0), ==, 12);
  g_assert_cmpint (mx_json_type (mx_json_document_root (null)), ==, MX_JSON_NULL);
}

static char *
nest (const char *open, const char *close, unsigned depth)
{
  GString *text = g_string_new (NULL);

  for (unsigned i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, "1");
  for (unsigned i = 0; i < depth; i++)
    g_string_append (text, close);

  return g_string_free_and_steal (text);
}

/* What is too deep becomes 0: the rest of a reply is not somebody's to spoil. */
static void
cut (const char *text, const char *open, const char *close)
{
  g_autoptr (MxJsonDocument) document = parse (text);
  g_autofree char *written = mx_json_to_text (mx_json_document_root (document));
  g_autofree char *expected = nest (open, close, 100);

  *strchr (expected, '1') = '0';
  g_assert_cmpstr (written, ==, expected);
}

static void
test_depth (void)
{
  g_autofree char *deepest = nest ("[", "]", 100);
  g_autofree char *too_deep = nest ("[", "]", 101);
  g_autofree char *objects = nest ("{\"a\":", "}", 101);
  g_autofree char *bomb = nest ("[", "]", 100000);
  g_autofree char *open_bomb = g_strnfill (100000, '[');
  g_autofree char *text = g_strnfill (100000, '[');
  g_autofree char *harmless = g_strdup_printf ("[\"\\\"%s\"]", text);
  g_autoptr (MxJsonDocument) document = parse (deepest);
  g_autoptr (MxJsonDocument) flat = parse (harmless);
  g_autofree char *written = mx_json_to_text (mx_json_document_root (document));

  g_assert_cmpstr (written, ==, deepest);
  g_assert_nonnull (flat);
  cut (too_deep, "[", "]");
  cut (objects, "{\"a\":", "}");
  cut (bomb, "[", "]");
  refuse (open_bomb, -1);
}

/* One message must not make a whole sync reply unreadable, nor an id shorter than it is. */
static void
test_unusable_escapes (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } cases[] = {
    { "\"a\\u0000b\"", "a\357\277\275b" },
    { "\"\\ud800\"", "\357\277\275" },
    { "\"\\udc00x\"", "\357\277\275x" },
    { "\"\\ud83d\\ud83d\\ude00\"", "\357\277\275😀" },
    { "\"\\ud83dx\\ude00\"", "\357\277\275x\357\277\275" },
    { "\"\\ud83d\\n\"", "\357\277\275\n" },
    { "\"\\\\u0000\"", "\\u0000" },
    { "\"\\\\\\u0000\"", "\\\357\277\275" },
    { "\"\\ud83d\\ude00\"", "😀" },
    { "\"\\uD83D\\uDE00\"", "😀" },
    { "\"\\uffff\"", "\357\277\277" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxJsonDocument) document = parse (cases[i].json);

      g_assert_cmpstr (mx_json_string (mx_json_document_root (document)), ==, cases[i].text);
    }
}

static void
test_numbers (void)
{
  g_autofree char *digits = g_strnfill (400, '9');
  g_autofree char *json = g_strdup_printf (
    "{\"huge\":%s,\"tiny\":-%s,\"inf\":1e999,\"small\":1e-999,\"max\":9223372036854775807,"
    "\"exp\":1e3,\"far\":1e18,\"neg0\":-0}",
    digits,
    digits);
  g_autoptr (MxJsonDocument) document = parse (json);
  MxJson root = mx_json_document_root (document);
  g_autofree char *text = mx_json_to_text (root);
  g_autoptr (MxJsonDocument) again = parse (text);

  g_assert_cmpint (mx_json_int (mx_json_get (root, "huge"), 0), ==, G_MAXINT64);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "tiny"), 0), ==, G_MININT64);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "inf"), 3), ==, 3);
  g_assert_cmpfloat (mx_json_double (mx_json_get (root, "inf"), 3), ==, 3);
  g_assert_cmpfloat (mx_json_double (mx_json_get (root, "small"), 3), ==, 0);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "max"), 0), ==, G_MAXINT64);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "exp"), 0), ==, 1000);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "far"), 3), ==, 3);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "neg0"), 3), ==, 0);
}

static void
test_duplicates (void)
{
  g_autoptr (MxJsonDocument) document = parse ("{\"a\":1,\"b\":2,\"a\":3}");
  MxJson root = mx_json_document_root (document);
  g_autofree char *text = mx_json_to_text (root);

  g_assert_cmpuint (mx_json_size (root), ==, 2);
  g_assert_cmpint (mx_json_int (mx_json_get (root, "a"), 0), ==, 3);
  g_assert_cmpstr (text, ==, "{\"a\":3,\"b\":2}");
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("[1]garbage", 3);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (bytes, NULL);
  g_autoptr (MxJsonDocument) second = mx_json_document_ref (document);

  g_assert_cmpuint (mx_json_size (mx_json_document_root (second)), ==, 1);
  g_assert_null (mx_json_document_parse_bytes (empty, NULL));
}

static void
test_dup_document (void)
{
  MxJsonDocument *document = parse ("{\"e\":[{\"i\":-1,\"d\":1.5,\"t\":true,\"n\":null,\"s\":\"é\","
                                    "\"a\":[[],{}]}],\"s\":\"x\"}");
  MxJson root = mx_json_document_root (document);
  g_autoptr (MxJsonDocument) event = mx_json_dup_document (mx_json_at (mx_json_get (root, "e"), 0));
  g_autoptr (MxJsonDocument) scalar = mx_json_dup_document (mx_json_get (root, "s"));
  g_autofree char *before = mx_json_to_text (mx_json_at (mx_json_get (root, "e"), 0));
  g_autofree char *after = NULL;

  g_assert_null (mx_json_dup_document (mx_json_get (root, "nothing")));
  mx_json_document_unref (document);
  after = mx_json_to_text (mx_json_document_root (event));
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpstr (mx_json_string (mx_json_document_root (scalar)), ==, "x");
}

static gpointer
unref_thread (gpointer data)
{
  g_ptr_array_unref (data);

  return NULL;
}

/* What was taken out of a reply dies on one thread, while the reply dies on another. */
static void
test_dup_document_threads (void)
{
  for (int round = 0; round < 20; round++)
    {
      GString *text = g_string_new ("[");
      MxJsonDocument *document = NULL;
      GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_json_document_unref);
      GThread *thread = NULL;

      for (int i = 0; i < 500; i++)
        g_string_append (text, i > 0 ? ",{\"a\":{\"b\":[\"c\"]}}" : "{}");
      g_string_append_c (text, ']');
      document = parse (text->str);
      for (unsigned i = 0; i < 500; i++)
        g_ptr_array_add (events,
                         mx_json_dup_document (mx_json_at (mx_json_document_root (document), i)));

      thread = g_thread_new ("unref", unref_thread, events);
      mx_json_document_unref (document);
      g_thread_join (thread);
      g_string_free (text, TRUE);
    }
}

/* The examples of the specification's appendices, "Canonical JSON". */
static void
test_canonical (void)
{
  static const struct
  {
    const char *json;
    const char *canonical;
  } cases[] = {
    { "{}", "{}" },
    { "{\"one\": 1, \"two\": \"Two\"}", "{\"one\":1,\"two\":\"Two\"}" },
    { "{\"b\": \"2\", \"a\": \"1\"}", "{\"a\":\"1\",\"b\":\"2\"}" },
    { "{\"auth\":{\"success\":true,\"mxid\":\"@john.doe:example.com\",\"profile\":"
      "{\"display_name\":\"John Doe\",\"three_pids\":[{\"medium\":\"email\",\"address\":"
      "\"john.doe@example.org\"},{\"medium\":\"msisdn\",\"address\":\"123456789\"}]}}}",
      "{\"auth\":{\"mxid\":\"@john.doe:example.com\",\"profile\":{\"display_name\":\"John Doe\","
      "\"three_pids\":[{\"address\":\"john.doe@example.org\",\"medium\":\"email\"},"
      "{\"address\":\"123456789\",\"medium\":\"msisdn\"}]},\"success\":true}}" },
    { "{\"a\": \"日本語\"}", "{\"a\":\"日本語\"}" },
    { "{\"本\": 2, \"日\": 1}", "{\"日\":1,\"本\":2}" },
    { "{\"a\": \"\\u65E5\"}", "{\"a\":\"日\"}" },
    { "{\"a\": null}", "{\"a\":null}" },
    { "{\"a\": -0, \"b\": 9007199254740991}", "{\"a\":0,\"b\":9007199254740991}" },
    { "[\"\\u0001\\u001f\\u007f\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
      "[\"\\u0001\\u001f\177\\\"\\\\/\\b\\f\\n\\r\\t\"]" },
    /* order of code points, not of UTF-16 units */
    { "{\"\\ud83d\\ude00\":1,\"\\uff61\":2}", "{\"｡\":2,\"😀\":1}" },
    { "\"x\"", "\"x\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxJsonDocument) document = parse (cases[i].json);
      g_autoptr (GError) error = NULL;
      g_autofree char *text = mx_json_to_canonical (mx_json_document_root (document), NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, cases[i].canonical);
    }
}

static void
test_canonical_refused (void)
{
  static const char *const bad[] = {
    "{\"a\":1.5}",        "{\"a\":1.0}",         "[1e3]",
    "[9007199254740992]", "[-9007199254740992]", "{\"a\":[{\"b\":99999999999999999999}]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (MxJsonDocument) document = parse (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (mx_json_to_canonical (mx_json_document_root (document), NULL, &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
    }

  g_autoptr (GError) error = NULL;

  g_assert_null (mx_json_to_canonical ((MxJson) { NULL }, NULL, &error));
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
}

static void
test_canonical_skip (void)
{
  static const char *const skip[] = { "signatures", "unsigned", NULL };
  g_autoptr (MxJsonDocument) document =
    parse ("{\"unsigned\":{\"age\":1.5},\"k\":{\"signatures\":{}},\"signatures\":{\"x\":{}}}");
  g_autofree char *text = mx_json_to_canonical (mx_json_document_root (document), skip, NULL);

  g_assert_cmpstr (text, ==, "{\"k\":{\"signatures\":{}}}");
}

static void
test_writer (void)
{
  g_autoptr (MxJsonDocument) other = parse ("{\"k\":[1,2.5,null,\"é\"]}");
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "s", "a\"b\\\n\001é");
  mx_json_add_string (writer, "left out", NULL);
  mx_json_add_string (writer, "bad", "x\xff");
  mx_json_add_int (writer, "i", G_MININT64);
  mx_json_add_double (writer, "d", 0.5);
  mx_json_add_double (writer, "nan", 0.0 / 0.0);
  mx_json_add_bool (writer, "t", TRUE);
  mx_json_add_null (writer, "n");
  mx_json_begin_array (writer, "a");
  mx_json_begin_object (writer, NULL);
  mx_json_end (writer);
  mx_json_begin_array (writer, NULL);
  mx_json_end (writer);
  mx_json_add_int (writer, NULL, 1);
  mx_json_end (writer);
  mx_json_add_json (writer, "j", mx_json_document_root (other));
  mx_json_add_json (writer, "absent", (MxJson) { NULL });
  mx_json_end (writer);

  g_autofree char *text = mx_json_writer_to_text (writer);
  g_autoptr (MxJsonDocument) again = parse (text);

  g_assert_cmpstr (text,
                   ==,
                   "{\"s\":\"a\\\"b\\\\\\n\\u0001é\",\"bad\":\"x\357\277\275\","
                   "\"i\":-9223372036854775808,\"d\":0.5,\"nan\":null,\"t\":true,\"n\":null,"
                   "\"a\":[{},[],1],\"j\":{\"k\":[1,2.5,null,\"é\"]}}");
}

static void
test_round_trip (void)
{
  static const char text[] =
    "{\"type\":\"m.room.message\",\"content\":{\"body\":\"l'été\",\"x\":[[],"
    "{},[{}]],\"m\":{\"b\":true,\"a\":false}},\"z\":-1,\"a\":\"\"}";
  g_autoptr (MxJsonDocument) document = parse (text);
  g_autofree char *again = mx_json_to_text (mx_json_document_root (document));
  g_autoptr (MxJsonDocument) numbers = parse ("[1.0,-0.0,1e2,1e300,0.1]");
  g_autofree char *numbers_again = mx_json_to_text (mx_json_document_root (numbers));

  g_assert_cmpstr (again, ==, text);
  g_assert_cmpstr (numbers_again,
                   ==,
                   "[1.0,-0.0,100.0,1.0000000000000001e+300,0.10000000000000001]");
}

/* The shape of a first sync. Prints how long the parse takes: the floor is json-glib itself. */
static void
test_large (void)
{
  GString *text = g_string_new ("{\"rooms\":[");
  const unsigned count = g_test_slow () ? 30000 : 3000;
  gint64 start = 0;

  for (unsigned i = 0; i < count; i++)
    g_string_append_printf (
      text,
      "%s{\"type\":\"m.room.message\",\"sender\":\"@user%u:example.org\",\"event_id\":\"$%u\","
      "\"origin_server_ts\":%u,\"content\":{\"msgtype\":\"m.text\",\"body\":\"Message %u\"},"
      "\"unsigned\":{\"age\":1,\"transaction_id\":\"t\"}}",
      i > 0 ? "," : "",
      i % 50,
      i,
      i,
      i);
  g_string_append (text, "]}");

  start = g_get_monotonic_time ();
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text->str, text->len, NULL);
  g_test_message ("%.1f MB in %.0f ms", text->len / 1e6, (g_get_monotonic_time () - start) / 1e3);

  MxJson rooms = mx_json_get (mx_json_document_root (document), "rooms");

  g_assert_cmpuint (mx_json_size (rooms), ==, count);
  g_assert_cmpint (
    mx_json_int (mx_json_path (mx_json_at (rooms, count - 1), "unsigned", "age", NULL), 0), ==, 1);
  g_string_free (text, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/json/read", test_read);
  g_test_add_func ("/base/json/absent", test_absent);
  g_test_add_func ("/base/json/iter", test_iter);
  g_test_add_func ("/base/json/malformed", test_malformed);
  g_test_add_func ("/base/json/scalars-at-root", test_scalars_at_root);
  g_test_add_func ("/base/json/E2E-168-depth", test_depth);
  g_test_add_func ("/base/json/unusable-escapes", test_unusable_escapes);
  g_test_add_func ("/base/json/numbers", test_numbers);
  g_test_add_func ("/base/json/duplicates", test_duplicates);
  g_test_add_func ("/base/json/bytes", test_bytes);
  g_test_add_func ("/base/json/dup-document", test_dup_document);
  g_test_add_func ("/base/json/dup-document-threads", test_dup_document_threads);
  g_test_add_func ("/base/json/E2E-003-canonical", test_canonical);
  g_test_add_func ("/base/json/E2E-003-canonical-refused", test_canonical_refused);
  g_test_add_func ("/base/json/canonical-skip", test_canonical_skip);
  g_test_add_func ("/base/json/writer", test_writer);
  g_test_add_func ("/base/json/round-trip", test_round_trip);
  g_test_add_func ("/base/json/large", test_large);

  return g_test_run ();
}
