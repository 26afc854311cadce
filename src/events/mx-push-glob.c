/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The pattern is an automaton with one state per character; all states are followed at once, in one
 * pass over the text. */
#include "config.h"

#include "mx-push-glob.h"

#include <string.h>

#define MAX_PATTERN 256

/* Outside Unicode, so that they are never in a text. */
#define ANY_RUN 0x110000
#define ANY_ONE 0x110001

typedef struct
{
  gunichar steps[MAX_PATTERN];
  unsigned length;
} Pattern;

typedef struct
{
  gboolean at[MAX_PATTERN + 1];
} States;

static gboolean
compile (Pattern *pattern, const char *text, gboolean literal)
{
  pattern->length = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_unichar_tolower (g_utf8_get_char (p));

      if (!literal && c == '*')
        {
          if (pattern->length > 0 && pattern->steps[pattern->length - 1] == ANY_RUN)
            continue;
          c = ANY_RUN;
        }
      else if (!literal && c == '?')
        c = ANY_ONE;
      if (pattern->length == MAX_PATTERN)
        return FALSE;
      pattern->steps[pattern->length++] = c;
    }

  return TRUE;
}

/* A run of anything may be empty, so being before it is being behind it as well. */
static void
enter (const Pattern *pattern, States *states, unsigned state)
{
  states->at[state] = TRUE;
  if (state < pattern->length && pattern->steps[state] == ANY_RUN)
    states->at[state + 1] = TRUE;
}

static void
advance (const Pattern *pattern, const States *from, States *to, gunichar c)
{
  memset (to, 0, sizeof *to);
  for (unsigned i = 0; i < pattern->length; i++)
    {
      if (!from->at[i])
        continue;
      if (pattern->steps[i] == ANY_RUN)
        enter (pattern, to, i);
      else if (pattern->steps[i] == ANY_ONE || pattern->steps[i] == c)
        enter (pattern, to, i + 1);
    }
}

static gboolean
is_word_char (gunichar c)
{
  return c < 0x80 && (g_ascii_isalnum ((char) c) || c == '_');
}

static gboolean
matches (const Pattern *pattern, const char *text, gboolean words)
{
  States states[2] = { 0 };
  unsigned now = 0;
  gunichar previous = 0;

  enter (pattern, &states[0], 0);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (words)
        {
          if (!is_word_char (previous))
            enter (pattern, &states[now], 0);
          if (!is_word_char (c) && states[now].at[pattern->length])
            return TRUE;
        }
      advance (pattern, &states[now], &states[1 - now], g_unichar_tolower (c));
      now = 1 - now;
      previous = c;
    }

  return states[now].at[pattern->length];
}

static gboolean
run (const char *pattern_text, const char *text, gboolean literal, gboolean words)
{
  Pattern pattern;

  if (!compile (&pattern, pattern_text, literal))
    return FALSE;
  if (words && pattern.length == 0)
    return FALSE;

  return matches (&pattern, text, words);
}

gboolean
mx_push_glob_matches (const char *pattern, const char *text)
{
  return run (pattern, text, FALSE, FALSE);
}

gboolean
mx_push_glob_matches_word (const char *pattern, const char *text)
{
  return run (pattern, text, FALSE, TRUE);
}

gboolean
mx_push_text_has_word (const char *word, const char *text)
{
  return run (word, text, TRUE, TRUE);
}
