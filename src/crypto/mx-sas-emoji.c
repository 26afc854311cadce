/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The table of the specification. The order is part of the protocol. */
#include "config.h"

#include "mx-sas-emoji.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *symbol;
  const char *name;
} emoji[] = {
  { "🐶", N_ ("Dog") },       { "🐱", N_ ("Cat") },        { "🦁", N_ ("Lion") },
  { "🐎", N_ ("Horse") },     { "🦄", N_ ("Unicorn") },    { "🐷", N_ ("Pig") },
  { "🐘", N_ ("Elephant") },  { "🐰", N_ ("Rabbit") },     { "🐼", N_ ("Panda") },
  { "🐓", N_ ("Rooster") },   { "🐧", N_ ("Penguin") },    { "🐢", N_ ("Turtle") },
  { "🐟", N_ ("Fish") },      { "🐙", N_ ("Octopus") },    { "🦋", N_ ("Butterfly") },
  { "🌷", N_ ("Flower") },    { "🌳", N_ ("Tree") },       { "🌵", N_ ("Cactus") },
  { "🍄", N_ ("Mushroom") },  { "🌏", N_ ("Globe") },      { "🌙", N_ ("Moon") },
  { "☁️", N_ ("Cloud") },      { "🔥", N_ ("Fire") },       { "🍌", N_ ("Banana") },
  { "🍎", N_ ("Apple") },     { "🍓", N_ ("Strawberry") }, { "🌽", N_ ("Corn") },
  { "🍕", N_ ("Pizza") },     { "🎂", N_ ("Cake") },       { "❤️", N_ ("Heart") },
  { "😀", N_ ("Smiley") },    { "🤖", N_ ("Robot") },      { "🎩", N_ ("Hat") },
  { "👓", N_ ("Glasses") },   { "🔧", N_ ("Spanner") },    { "🎅", N_ ("Santa") },
  { "👍", N_ ("Thumbs Up") }, { "☂️", N_ ("Umbrella") },    { "⌛", N_ ("Hourglass") },
  { "⏰", N_ ("Clock") },     { "🎁", N_ ("Gift") },       { "💡", N_ ("Light Bulb") },
  { "📕", N_ ("Book") },      { "✏️", N_ ("Pencil") },      { "📎", N_ ("Paperclip") },
  { "✂️", N_ ("Scissors") },   { "🔒", N_ ("Lock") },       { "🔑", N_ ("Key") },
  { "🔨", N_ ("Hammer") },    { "☎️", N_ ("Telephone") },   { "🏁", N_ ("Flag") },
  { "🚂", N_ ("Train") },     { "🚲", N_ ("Bicycle") },    { "✈️", N_ ("Aeroplane") },
  { "🚀", N_ ("Rocket") },    { "🏆", N_ ("Trophy") },     { "⚽", N_ ("Ball") },
  { "🎸", N_ ("Guitar") },    { "🎺", N_ ("Trumpet") },    { "🔔", N_ ("Bell") },
  { "⚓", N_ ("Anchor") },    { "🎧", N_ ("Headphones") }, { "📁", N_ ("Folder") },
  { "📌", N_ ("Pin") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (emoji) == 64);

const char *
mx_sas_emoji_get_symbol (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (emoji), "");

  return emoji[index].symbol;
}

const char *
mx_sas_emoji_get_name (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (emoji), "");

  return emoji[index].name;
}
