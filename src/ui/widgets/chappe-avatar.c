/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The round picture of a person or a room. It looks like AdwAvatar, whose colours it takes from the
 * style sheet, and draws itself: an AdwAvatar is five widgets and tries font sizes for every name,
 * which was nearly half of what a row of the room list cost. Rows are recycled: what arrives for an
 * earlier picture is told by its number. */
#include "config.h"

#include "chappe-avatar.h"

#include "chappe-texture-loader.h"

#include "mx-flow.h"

/* In pixels: twice the size of most, so that one picture per person serves all sizes and screens.
 */
#define PICTURE_SIZE 96
/* Of the style sheet: avatar.color1 … avatar.color14. */
#define COLORS 14
/* The height of the initials, as a share of the circle. */
#define TEXT_SIZE 0.4

struct _ChappeAvatar
{
  GtkWidget parent_instance;

  int size;
  char *text;
  GdkTexture *picture;
  PangoLayout *initials; /* made when drawn */
  MxSession *session;
  char *mxc; /* of the picture */
  unsigned request;
};

G_DEFINE_FINAL_TYPE (ChappeAvatar, chappe_avatar, GTK_TYPE_WIDGET)

typedef enum
{
  PROP_SIZE = 1,
} ChappeAvatarProperty;

static GParamSpec *properties[PROP_SIZE + 1];

char *
chappe_avatar_dup_initials_text (const char *name)
{
  const char *bracket = NULL;
  char *text = NULL;

  if (name == NULL)
    return g_strdup ("");
  bracket = strchr (name, '[');
  text = bracket != NULL && bracket != name ? g_strndup (name, bracket - name) : g_strdup (name);
  return g_strstrip (text);
}

/* The first letter of the first and of the last word. */
static char *
dup_initials (const char *text)
{
  const char *space = strrchr (text, ' ');
  g_autoptr (GString) initials = g_string_new (NULL);
  g_autofree char *upper = NULL;

  if (*text != '\0')
    g_string_append_unichar (initials, g_utf8_get_char (text));
  if (space != NULL)
    g_string_append_unichar (initials, g_utf8_get_char (space + 1));
  upper = g_utf8_strup (initials->str, -1);
  return g_utf8_normalize (upper, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

static void
set_text (ChappeAvatar *self, const char *name)
{
  g_autofree char *text = chappe_avatar_dup_initials_text (name);
  char color[16];

  if (self->text != NULL && g_str_equal (self->text, text))
    return;
  if (self->text != NULL)
    {
      g_snprintf (color, sizeof color, "color%u", g_str_hash (self->text) % COLORS + 1);
      gtk_widget_remove_css_class (GTK_WIDGET (self), color);
    }
  g_set_str (&self->text, text);
  g_snprintf (color, sizeof color, "color%u", g_str_hash (self->text) % COLORS + 1);
  gtk_widget_add_css_class (GTK_WIDGET (self), color);
  g_clear_object (&self->initials);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_picture (ChappeAvatar *self, GdkTexture *picture)
{
  if (!g_set_object (&self->picture, picture))
    return;
  if (picture != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "image");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "image");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A picture that fails is not missed: the initials stay. */

static gboolean
is_current (ChappeAvatar *self, gpointer user_data)
{
  return GPOINTER_TO_UINT (user_data) == self->request && self->mxc != NULL;
}

static void
loaded_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeAvatar *self = CHAPPE_AVATAR (owner);

  if (error == NULL && is_current (self, user_data))
    set_picture (self, g_value_get_object (value));
}

/* One for all: there are hundreds of avatars. */
static GSettings *
get_settings (void)
{
  static GSettings *settings;

  if (settings == NULL)
    settings = g_settings_new (APPLICATION_ID);
  return settings;
}

static void
show_picture (ChappeAvatar *self)
{
  g_autoptr (GdkTexture) known = NULL;
  gboolean wanted = self->mxc != NULL && self->session != NULL &&
                    g_settings_get_boolean (get_settings (), "show-avatars");

  self->request++;
  if (wanted)
    known = chappe_texture_peek (self->session, self->mxc, PICTURE_SIZE, PICTURE_SIZE);
  set_picture (self, known);
  if (wanted && known == NULL)
    mx_watch (self,
              chappe_texture_load (self->session, self->mxc, PICTURE_SIZE, PICTURE_SIZE, TRUE),
              loaded_cb,
              GUINT_TO_POINTER (self->request));
}

void
chappe_avatar_set (ChappeAvatar *self, MxSession *session, const char *mxc, const char *name)
{
  gboolean other = FALSE;

  g_return_if_fail (CHAPPE_IS_AVATAR (self));

  set_text (self, name);
  other = g_set_str (&self->mxc, mxc);
  if (g_set_object (&self->session, session) || other)
    show_picture (self);
}

static PangoLayout *
initials_new (ChappeAvatar *self)
{
  g_autofree char *initials = dup_initials (self->text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), initials);

  pango_attr_list_insert (attributes,
                          pango_attr_size_new_absolute (
                            (int) (self->size * TEXT_SIZE * PANGO_SCALE)));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static void
snapshot_initials (ChappeAvatar *self, GtkSnapshot *snapshot)
{
  int width = 0;
  int height = 0;
  GdkRGBA color;

  if (self->initials == NULL)
    self->initials = initials_new (self);
  pango_layout_get_pixel_size (self->initials, &width, &height);
  gtk_widget_get_color (GTK_WIDGET (self), &color);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (self->size - width) / 2,
                                                (float) (self->size - height) / 2));
  gtk_snapshot_append_layout (snapshot, self->initials, &color);
  gtk_snapshot_restore (snapshot);
}

static void
chappe_avatar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ChappeAvatar *self = CHAPPE_AVATAR (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) self->size, (float) self->size);
  GskRoundedRect circle;

  if (self->picture == NULL)
    {
      if (self->text != NULL && *self->text != '\0')
        snapshot_initials (self, snapshot);
      return;
    }
  gsk_rounded_rect_init_from_rect (&circle, &bounds, (float) self->size / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_scaled_texture (snapshot,
                                      self->picture,
                                      GSK_SCALING_FILTER_TRILINEAR,
                                      &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
chappe_avatar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = CHAPPE_AVATAR (widget)->size;
}

/* Another font, or another size of all fonts. */
static void
chappe_avatar_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (chappe_avatar_parent_class)->css_changed (widget, change);
  g_clear_object (&CHAPPE_AVATAR (widget)->initials);
}

static void
chappe_avatar_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeAvatar *self = CHAPPE_AVATAR (object);

  switch ((ChappeAvatarProperty) prop_id)
    {
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_avatar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ChappeAvatar *self = CHAPPE_AVATAR (object);

  switch ((ChappeAvatarProperty) prop_id)
    {
    case PROP_SIZE:
      self->size = g_value_get_int (value);
      g_clear_object (&self->initials);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_avatar_finalize (GObject *object)
{
  ChappeAvatar *self = CHAPPE_AVATAR (object);

  g_clear_object (&self->picture);
  g_clear_object (&self->initials);
  g_clear_object (&self->session);
  g_free (self->text);
  g_free (self->mxc);

  G_OBJECT_CLASS (chappe_avatar_parent_class)->finalize (object);
}

static void
chappe_avatar_class_init (ChappeAvatarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = chappe_avatar_get_property;
  object_class->set_property = chappe_avatar_set_property;
  object_class->finalize = chappe_avatar_finalize;
  widget_class->snapshot = chappe_avatar_snapshot;
  widget_class->measure = chappe_avatar_measure;
  widget_class->css_changed = chappe_avatar_css_changed;

  properties[PROP_SIZE] =
    g_param_spec_int ("size", NULL, NULL, 8, 512, 40, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "avatar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
chappe_avatar_init (ChappeAvatar *self)
{
  self->size = 40;
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect_object (get_settings (),
                           "changed::show-avatars",
                           G_CALLBACK (show_picture),
                           self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
chappe_avatar_new (int size)
{
  return g_object_new (CHAPPE_TYPE_AVATAR, "size", size, NULL);
}
