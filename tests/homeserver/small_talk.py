# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Office conversations in French, endless and always the same for the same seed."""
import random

DOCUMENT = ["la note de cadrage", "le compte rendu de lundi", "la fiche de poste", "le tableau de suivi",
            "la grille de recette", "le plan de formation", "la liste des correspondants",
            "le bon de commande", "la convention avec la région", "le cahier des charges",
            "la notice d’installation", "le rapport d’audit", "la présentation du comité",
            "le modèle de courrier", "la feuille de route", "le calendrier des livraisons"]
PLACE = ["Metz", "Colmar", "Lille", "Rennes", "Toulouse", "Dijon", "Ajaccio", "Fort-de-France", "Nantes",
         "Lyon", "Limoges", "Saint-Denis", "Marseille", "Caen", "Besançon", "Orléans"]
ROOM = ["salle Pompidou", "salle Cassin", "salle Veil", "salle 412", "bibliothèque", "visio habituelle"]
DAY = ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]
SERVICE = ["la DRH", "la DAF", "le cabinet", "le service juridique", "l’imprimerie", "la logistique",
           "la préfecture", "le rectorat", "l’agence régionale", "le secrétariat général"]
THING = ["l’export des fiches", "la recherche par service", "la photo de profil", "l’organigramme",
         "la synchronisation de nuit", "le formulaire de contact", "la page d’accueil",
         "l’impression des étiquettes", "la connexion depuis l’extérieur", "le tri par nom",
         "la fusion des doublons", "l’import du fichier de la paie", "l’affichage des sigles"]
NUMBER = ["deux", "trois", "quatre", "cinq", "une dizaine de", "une vingtaine de"]

# Each exchange is said by one person, answered by the next, and so on.
EXCHANGES = [
    ["Quelqu’un a la dernière version de {document} ?", "Elle est sur l’espace partagé, dossier « {day} ».",
     "Trouvée, merci !"],
    ["{thing} ne répond plus depuis ce matin, c’est connu ?", "Oui, un correctif part à {hour} h.",
     "D’accord, je préviens {place}.", "C’est rétabli, vous pouvez réessayer."],
    ["J’ai mis à jour {document}.", "Merci, je relis d’ici {day}."],
    ["Réunion {day} à {hour} h, {room}.", "J’y serai.", "Moi aussi, avec dix minutes de retard."],
    ["Qui peut remplacer {name} à la réunion de {hour} h ?", "Je peux, envoyez-moi l’ordre du jour.",
     "C’est envoyé. Tu nous sauves."],
    ["{place} demande {number} comptes de test.", "Ils seront prêts ce soir.", "Parfait, je transmets."],
    ["Retour de {place} : {thing} leur convient très bien.", "Bonne nouvelle !",
     "Ils aimeraient seulement des caractères plus grands.", "C’est noté dans le suivi, ligne {line}."],
    ["{service} attend notre réponse avant {day} soir.", "Je m’en occupe cet après-midi.",
     "Tu veux que je relise ?", "Volontiers."],
    ["Nous en sommes à {line} fiches corrigées.", "Il en reste combien ?", "Environ {line2}, surtout des homonymes."],
    ["Le prestataire livre {day}.", "Avec ou sans {thing} ?", "Avec, c’est écrit dans {document}."],
    ["Attention, {document} contient encore l’ancien numéro d’accueil.", "Corrigé, merci d’avoir l’œil."],
    ["Petite victoire : {thing} prend maintenant moins d’une seconde.", "Bravo !",
     "Impressionnant. C’était huit secondes au printemps."],
    ["Je suis à {place} {day}, quelqu’un a besoin de quelque chose sur place ?",
     "Oui, récupérer les clés auprès de {service}.", "Entendu."],
    ["On garde la réunion de {day} malgré la grève ?", "En visio, oui.", "Je change l’invitation."],
    ["Le café du quatrième est en panne.", "Celui du cinquième fonctionne, mais il faut de la monnaie.",
     "J’ai des jetons pour toute l’équipe."],
    ["Le test de charge s’est arrêté à {line} connexions simultanées.", "C’est plus que prévu.",
     "Oui, et le serveur n’a pas chauffé."],
    ["Peut-on fermer l’anomalie n° {line} ?", "Je viens de vérifier, c’est bon pour moi.", "Fermée."],
    ["{service} voudrait une démonstration.", "{day} matin, {room} ?", "Ils confirment."],
    ["Bonjour à tous, je reprends le dossier de {name} pendant ses congés.", "Bienvenue à bord !",
     "Merci. Je commence par lire {document}."],
    ["Il manque une majuscule au nom du ministère dans {document}.", "Page {page} ?", "Page {page}, en bas.",
     "C’est corrigé."],
    ["Je propose de reporter {thing} à la version suivante.", "D’accord.", "D’accord aussi.",
     "Adopté, je mets {document} à jour."],
    ["Bonne semaine à toutes et à tous !", "À toi aussi !"],
    ["Les statistiques du mois : {line} recherches par jour en moyenne.", "En hausse de {page} %, c’est encourageant.",
     "Surtout le {day}, allez savoir pourquoi."],
    ["Je n’arrive pas à ouvrir {document}, il me faut un droit particulier ?",
     "Non, mais il faut fermer la session et la rouvrir.", "Effectivement, ça marche."],
    ["Rappel : point d’équipe à {hour} h.", "J’arrive."],
    ["Je cherche un exemple de fiche bien remplie.", "Celle de {place} est un modèle du genre.",
     "En effet, même les horaires d’ouverture y sont."],
]


class SmallTalk:
    """An iterator over (number of the speaker, text, number of messages ago it answers or None)."""

    def __init__(self, seed, speakers, names):
        self.draw = random.Random(seed)
        self.speakers, self.names = speakers, names
        self.queue = []

    def __iter__(self):
        return self

    def __next__(self):
        if not self.queue:
            self._exchange()
        return self.queue.pop(0)

    def _exchange(self):
        draw = self.draw
        words = {"document": draw.choice(DOCUMENT), "place": draw.choice(PLACE), "room": draw.choice(ROOM),
                 "day": draw.choice(DAY), "service": draw.choice(SERVICE), "thing": draw.choice(THING),
                 "number": draw.choice(NUMBER), "name": draw.choice(self.names), "hour": draw.randint(9, 17),
                 "line": draw.randint(20, 900), "line2": draw.randint(10, 300), "page": draw.randint(2, 40)}
        people = draw.sample(range(self.speakers), min(3, self.speakers))
        for number, line in enumerate(draw.choice(EXCHANGES)):
            text = line.format(**words)
            answers = 1 if number and draw.random() < 0.12 else None
            self.queue.append((people[number % min(2, len(people))] if number < 3 else people[-1],
                               text[0].upper() + text[1:], answers))
