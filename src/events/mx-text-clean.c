/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-text-clean.h"

#include <string.h>

/* More marks on one letter than any script needs: the rest is dropped. */
#define MAX_MARKS     8
#define MAX_FILENAME  150
#define MAX_EXTENSION 12
#define MAX_EMOJI     5

#define FIRST_STRONG_ISOLATE "\u2068"
#define POP_ISOLATE          "\u2069"

typedef enum
{
  CLASS_TEXT,
  CLASS_DROP,   /* never shown */
  CLASS_BREAK,  /* ends a line */
  CLASS_JOINER, /* zero width, has a meaning in some scripts and in emoji */
  CLASS_MARK,
} CharClass;

static gboolean
is_invisible (gunichar c)
{
  switch (c)
    {
    case 0x00AD: /* soft hyphen */
    case 0x034F: /* combining grapheme joiner */
    case 0x115F:
    case 0x1160:
    case 0x17B4:
    case 0x17B5:
    case 0x180E:
    case 0x200B:
    case 0x2800:
    case 0x3164:
    case 0xFEFF:
    case 0xFFA0:
      return TRUE;
    default:
      return (c >= 0x202A && c <= 0x202E)      /* embeddings and overrides */
             || (c >= 0x2060 && c <= 0x206F)   /* joiners, invisible operators, isolates */
             || (c >= 0xFFF0 && c <= 0xFFFB)   /* annotations */
             || (c >= 0xE0000 && c <= 0xE0FFF) /* tags, variation selectors supplement */
             || (c & 0xFFFE) == 0xFFFE;
    }
}

static CharClass
classify (gunichar c)
{
  if (c < 0x20 || (c >= 0x7F && c < 0xA0))
    return c == '\n' || c == 0x85 ? CLASS_BREAK : CLASS_DROP;
  if (c < 0x300)
    return c == 0xAD ? CLASS_DROP : CLASS_TEXT;
  if (c == 0x2028 || c == 0x2029)
    return CLASS_BREAK;
  if (c == 0x200C || c == 0x200D)
    return CLASS_JOINER;
  if (is_invisible (c))
    return CLASS_DROP;
  /* variation selectors are wanted behind emoji and are counted like marks */
  if (g_unichar_ismark (c))
    return CLASS_MARK;
  return CLASS_TEXT;
}

/* Flags of regions are written in tag characters behind a black flag. */
static gboolean
is_flag_tag (gunichar c, gboolean in_flag)
{
  return in_flag && c >= 0xE0020 && c <= 0xE007F;
}

static gboolean
is_right_to_left (gunichar c)
{
  return (c >= 0x0590 && c <= 0x08FF) || c == 0x200F || (c >= 0xFB1D && c <= 0xFDFF) ||
         (c >= 0xFE70 && c <= 0xFEFE) || (c >= 0x10800 && c <= 0x10FFF) ||
         (c >= 0x1E800 && c <= 0x1EFFF);
}

typedef struct
{
  gunichar previous;
  unsigned marks;
  gboolean in_flag;
} Cleaner;

/* Whether c is kept as it is; line breaks are the caller's. */
static gboolean
keep_char (Cleaner *cleaner, gunichar c, CharClass class)
{
  gboolean kept;

  switch (class)
    {
    case CLASS_JOINER:
      kept = cleaner->previous >= 0x0590 && !g_unichar_isspace (cleaner->previous);
      break;
    case CLASS_MARK:
      kept = cleaner->marks++ < MAX_MARKS;
      return kept;
    case CLASS_DROP:
      return is_flag_tag (c, cleaner->in_flag);
    default:
      kept = TRUE;
      break;
    }

  cleaner->marks = 0;
  cleaner->in_flag = c == 0x1F3F4;
  cleaner->previous = c;
  return kept;
}

static char *
make_valid (const char *text, gssize length)
{
  return g_utf8_validate (text, length, NULL) ? NULL : g_utf8_make_valid (text, length);
}

/* Plain ASCII with no blank at its ends and no two in a row: what nearly every name is. */
static gboolean
is_clean_ascii (const char *text, gsize max)
{
  gsize i;

  if (text[0] == ' ')
    return FALSE;
  for (i = 0; text[i] != '\0'; i++)
    if (text[i] < ' ' || text[i] == 0x7F || i >= max || (text[i] == ' ' && text[i + 1] == ' '))
      return FALSE;

  return i == 0 || text[i - 1] != ' ';
}

/* One line, at most max characters; says whether it has right-to-left letters, and may drop the
 * bidi marks too. */
static GString *
clean_line (const char *text, gsize max, gboolean drop_bidi_marks, gboolean *right_to_left)
{
  g_autofree char *valid = make_valid (text, -1);
  Cleaner cleaner = { 0 };
  GString *out = g_string_new (NULL);
  gboolean blank = FALSE;
  gsize count = 0;

  *right_to_left = FALSE;
  for (const char *p = valid != NULL ? valid : text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      CharClass class = classify (c);

      if (drop_bidi_marks && (c == 0x200E || c == 0x200F || c == 0x061C))
        continue;
      if (class == CLASS_BREAK || c == '\t' || c == '\r' ||
          (class == CLASS_TEXT && g_unichar_isspace (c)))
        {
          blank = out->len > 0;
          continue;
        }
      if (!keep_char (&cleaner, c, class))
        continue;

      if (count + (blank ? 1 : 0) >= max)
        {
          g_string_append (out, "…");
          break;
        }
      if (blank)
        {
          g_string_append_c (out, ' ');
          blank = FALSE;
          count++;
        }
      *right_to_left |= is_right_to_left (c);
      g_string_append_unichar (out, c);
      count++;
    }

  return out;
}

char *
mx_text_clean_line (const char *text, gsize max)
{
  GString *line;
  gboolean right_to_left;

  if (text == NULL)
    return g_strdup ("");
  if (is_clean_ascii (text, max))
    return g_strdup (text);

  line = clean_line (text, max, FALSE, &right_to_left);
  if (right_to_left)
    {
      g_string_prepend (line, FIRST_STRONG_ISOLATE);
      g_string_append (line, POP_ISOLATE);
    }

  return g_string_free (line, FALSE);
}

/* What programs draw beside a name that was verified, or to say that something is secure. */
static gboolean
is_trust_mark (gunichar c)
{
  switch (c)
    {
    case 0x221A:  /* square root */
    case 0x237B:  /* not check mark */
    case 0x26E8:  /* cross on shield */
    case 0x2611:  /* ballot box with check */
    case 0x2705:  /* white heavy check mark */
    case 0x2713:  /* check mark */
    case 0x2714:  /* heavy check mark */
    case 0x1F50F: /* locks */
    case 0x1F510:
    case 0x1F512:
    case 0x1F5F8: /* light check mark */
    case 0x1F5F9: /* ballot box with bold check */
    case 0x1F6E1: /* shield */
    case 0x1FBB1: /* inverse check mark */
      return TRUE;
    default:
      return FALSE;
    }
}

char *
mx_text_clean_name (const char *text, gsize max)
{
  g_autofree char *valid = NULL;
  g_autoptr (GString) kept = NULL;
  gboolean after_mark = FALSE;

  if (text == NULL || is_clean_ascii (text, max))
    return mx_text_clean_line (text, max);

  valid = make_valid (text, -1);
  kept = g_string_new (NULL);
  for (const char *p = valid != NULL ? valid : text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      after_mark = is_trust_mark (c) || (after_mark && (c == 0xFE0E || c == 0xFE0F));
      if (!after_mark)
        g_string_append_unichar (kept, c);
    }

  return mx_text_clean_line (kept->str, max);
}

char *
mx_text_clean_filename (const char *text)
{
  g_autoptr (GString) line = NULL;
  g_autofree char *stem = NULL;
  gboolean right_to_left;
  const char *name;
  const char *dot;
  glong length;
  glong extension;

  if (text == NULL)
    return g_strdup ("");

  line = clean_line (text, G_MAXUINT16, TRUE, &right_to_left);
  name = line->str;
  for (const char *p = line->str; *p != '\0'; p++)
    if (*p == '/' || *p == '\\')
      name = p + 1;
  while (*name == '.' || *name == ' ' || *name == '~')
    name++;

  length = g_utf8_strlen (name, -1);
  if (length <= MAX_FILENAME)
    return g_strdup (name);

  dot = strrchr (name, '.');
  extension = dot != NULL ? g_utf8_strlen (dot, -1) : 0;
  if (extension > MAX_EXTENSION)
    extension = 0;
  stem = g_utf8_substring (name, 0, MAX_FILENAME - extension - 1);

  return g_strconcat (stem, "…", extension > 0 ? dot : "", NULL);
}

void
mx_text_append_clean (GString *out, const char *text, gssize length, gboolean keep_tabs)
{
  g_autofree char *valid = make_valid (text, length);
  const char *p = valid != NULL ? valid : text;
  const char *end = p + (valid != NULL || length < 0 ? strlen (p) : (gsize) length);
  Cleaner cleaner = { 0 };

  while (p < end)
    {
      const char *run = p;
      gunichar c;
      CharClass class;

      while (p < end && (*p >= ' ' && *p < 0x7F))
        p++;
      if (p > run)
        {
          g_string_append_len (out, run, p - run);
          cleaner = (Cleaner) { .previous = (gunichar) p[-1] };
          continue;
        }

      c = g_utf8_get_char (p);
      p = g_utf8_next_char (p);
      class = classify (c);
      if (class == CLASS_BREAK)
        g_string_append_c (out, '\n');
      else if (c == '\t')
        g_string_append_c (out, keep_tabs ? '\t' : ' ');
      else if (c == '\r' && (p >= end || *p != '\n'))
        g_string_append_c (out, '\n');
      else if (keep_char (&cleaner, c, class))
        g_string_append_unichar (out, c);
    }
}

static gboolean
is_emoji_base (gunichar c)
{
  return (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) ||
         (c >= 0x1F000 && c <= 0x1F2FF) || (c >= 0x2B00 && c <= 0x2BFF) ||
         (c >= 0x2300 && c <= 0x23FF);
}

/* These are emoji only when a variation selector follows. */
static gboolean
is_emoji_with_selector (gunichar c)
{
  return c == 0xA9 || c == 0xAE || c == 0x203C || c == 0x2049 || c == 0x2122 || c == 0x2139 ||
         c == 0x3030 || c == 0x303D || c == 0x3297 || c == 0x3299 || (c >= 0x2190 && c <= 0x21FF) ||
         (c >= 0x25A0 && c <= 0x25FF);
}

/* Steps over one emoji sequence; NULL when there is none. */
static const char *
skip_emoji (const char *p)
{
  gunichar c = g_utf8_get_char (p);
  const char *next = g_utf8_next_char (p);

  if (strchr ("0123456789#*", *p) != NULL)
    {
      if (g_utf8_get_char (next) == 0xFE0F)
        next = g_utf8_next_char (next);
      return g_utf8_get_char (next) == 0x20E3 ? g_utf8_next_char (next) : NULL;
    }

  if (is_emoji_with_selector (c))
    {
      if (g_utf8_get_char (next) != 0xFE0F)
        return NULL;
    }
  else if (!is_emoji_base (c))
    return NULL;

  if (c >= 0x1F1E6 && c <= 0x1F1FF) /* flags: two letters */
    {
      gunichar second = g_utf8_get_char (next);

      return second >= 0x1F1E6 && second <= 0x1F1FF ? g_utf8_next_char (next) : NULL;
    }

  for (;;)
    {
      c = g_utf8_get_char (next);
      if (c == 0xFE0F || (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F))
        next = g_utf8_next_char (next);
      else if (c == 0x200D && is_emoji_base (g_utf8_get_char (g_utf8_next_char (next))))
        next = g_utf8_next_char (g_utf8_next_char (next));
      else if (c == 0x200D && is_emoji_with_selector (g_utf8_get_char (g_utf8_next_char (next))))
        next = g_utf8_next_char (g_utf8_next_char (next));
      else
        return next;
    }
}

gboolean
mx_text_is_emoji_only (const char *text)
{
  unsigned count = 0;

  while (*text != '\0')
    {
      if (*text == ' ' || *text == '\n')
        {
          text++;
          continue;
        }
      text = skip_emoji (text);
      if (text == NULL || ++count > MAX_EMOJI)
        return FALSE;
    }

  return count > 0;
}
