/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A text cut into pieces is the same as the text parsed. */
#include "mx-json-slice.h"

#include "mx-error.h"
#include "mx-json.h"

#include <string.h>

/* The pieces as "name=value;…", or "!" where the text is broken. Caller frees. */
static char *
cut (const char *text)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  MxJsonSlices slices;
  const char *value = NULL;
  char *name = NULL;
  gsize size = 0;

  if (!mx_json_slices_init (&slices, text, strlen (text)))
    return g_string_free (g_string_append (out, "?"), FALSE);
  while (mx_json_slices_next (&slices, &name, &value, &size, &error))
    {
      g_string_append_printf (out, "%s=%.*s;", name != NULL ? name : "", (int) size, value);
      g_assert_true ((name != NULL) == slices.is_object);
      g_clear_pointer (&name, g_free);
    }
  g_assert_null (name);
  if (error != NULL)
    {
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
      g_string_append_c (out, '!');
    }

  return g_string_free (out, FALSE);
}

static void
assert_cut (const char *text, const char *expected)
{
  g_autofree char *pieces = cut (text);

  g_assert_cmpstr (pieces, ==, expected);
}

static void
test_pieces (void)
{
  assert_cut ("{}", "");
  assert_cut (" [ ] ", "");
  assert_cut ("{\"a\":1,\"b\":{\"c\":[2,{}]},\"d\":\"e\"}", "a=1;b={\"c\":[2,{}]};d=\"e\";");
  assert_cut ("[1 , \"x,]}\" , [2,[3]], null]", "=1 ;=\"x,]}\";=[2,[3]];=null;");
  assert_cut ("\n{ \"a\" : true\t}\n", "a=true\t;");
  assert_cut ("{\"a\\u00e9\\\"\":\"\\\\\"}", "aé\"=\"\\\\\";");
  assert_cut ("{\"\":[]}", "=[];");
}

static void
test_broken (void)
{
  assert_cut ("", "?");
  assert_cut ("1", "?");
  assert_cut ("\"{}\"", "?");
  assert_cut ("{", "!");
  assert_cut ("{\"a\"", "!");
  assert_cut ("{\"a\":", "!");
  assert_cut ("{\"a\":1", "!");
  assert_cut ("{\"a\":1,}", "a=1;!");
  assert_cut ("{\"a\":1 \"b\":2}", "a=1 \"b\";!");
  assert_cut ("{a:1}", "!");
  assert_cut ("[1", "!");
  assert_cut ("[[1]", "=[1];!");
  assert_cut ("[\"a\\", "!");
  assert_cut ("[\"a\\\"]", "!");
  assert_cut ("[,]", "!");
  assert_cut ("{\"a\xff\":1}", "!");
}

/* The end of a text is its size, not what follows in memory. */
static void
test_size (void)
{
  const char *text = "[12]]]";
  g_autoptr (GError) error = NULL;
  const char *value = NULL;
  MxJsonSlices slices;
  gsize size = 0;

  g_assert_true (mx_json_slices_init (&slices, text, 2));
  g_assert_false (mx_json_slices_next (&slices, NULL, &value, &size, &error));
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
}

/* Each piece of what a parser writes is what the parser reads there. */
static void
test_same_as_parsed (void)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) whole = NULL;
  g_autofree char *text = NULL;
  MxJsonSlices slices;
  const char *value = NULL;
  char *name = NULL;
  gsize size = 0;
  unsigned count = 0;

  mx_json_begin_object (writer, NULL);
  for (unsigned i = 0; i < 100; i++)
    {
      g_autofree char *member = g_strdup_printf ("n%u \"\\é\n", i);

      mx_json_begin_object (writer, member);
      mx_json_add_string (writer, "text", member);
      mx_json_add_int (writer, "number", i);
      mx_json_end (writer);
    }
  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);
  whole = mx_json_document_parse (text, -1, NULL);

  g_assert_true (mx_json_slices_init (&slices, text, strlen (text)));
  for (; mx_json_slices_next (&slices, &name, &value, &size, NULL); count++)
    {
      g_autofree char *member = g_steal_pointer (&name);
      g_autoptr (MxJsonDocument) piece = mx_json_document_parse (value, (gssize) size, NULL);
      g_autofree char *read = mx_json_to_text (mx_json_document_root (piece));
      g_autofree char *expected =
        mx_json_to_text (mx_json_get (mx_json_document_root (whole), member));

      g_assert_cmpstr (read, ==, expected);
    }
  g_assert_cmpuint (count, ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json-slice/pieces", test_pieces);
  g_test_add_func ("/json-slice/broken", test_broken);
  g_test_add_func ("/json-slice/size", test_size);
  g_test_add_func ("/json-slice/same-as-parsed", test_same_as_parsed);

  return g_test_run ();
}
