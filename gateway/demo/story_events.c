#include "gateway/demo/story.h"

/* clang-format off */
#define AT(d, h, m) .day = (d), .minute = (h) * 60 + (m)
#define MEMBER(person, address, phone, ...)                                                                            \
    .command = { "member", "add", "--group", "tuesday-circle", "--name", person, "--email", address, "--phone", phone, __VA_ARGS__ }
/* The nurse's answer to the letter that holds these words. */
#define DECIDES(whom, at_words, answer) .who = (whom), .answers = (at_words), .words = (answer)
/* Yes to an invitation. */
#define JOINS(whom, name, answer)                                                                                      \
    .who = (whom), .answers = "Hello " name ". To join, reply YES", .words = (answer), .expect_who = (whom), .expect = "Welcome, " name

const struct story_event story_events[] = {
    /* ---- Monday: the practice, the group, the invitations ---- */
    { AT(0, 8, 30), .who = ANA, .says = "sets up Postcircle for Lakeside Clinic, with Dr. Lee as second person",
      .command = { "init", "--made-for", "demo", "--practice-name", "Lakeside Clinic", "--office-phone", "(555) 555-0100", "--office-hours", "Mon-Fri 08:00-17:00",
                   "--emergency-line", "911", "--domain", STORY_DOMAIN, "--relay", STORY_OUTBOX, "--zone", STORY_ZONE,
                   "--moderator", "Ana Ruiz <ana.ruiz@lakeside.example.org>", "--moderator-title", "nurse",
                   "--second", "Dr. Lee <lee@lakeside.example.org>", "--second-title", "doctor" } },
    { AT(0, 8, 31), .who = ANA, .command = { "practice", "set", "authserv-id", STORY_BORDER, "trust", "2" } },
    { AT(0, 8, 35), DECIDES(ANA, "YES", "Yes"), .says = "and Dr. Lee agree to get staff mail", .expect_who = ANA, .expect = "nurse" },
    { AT(0, 8, 36), DECIDES(LEE, "YES", "Yes, thank you.") },
    { AT(0, 8, 40), .who = ANA, .says = "makes the group. Strangers see \"Tuesday Circle\" and never what it is about",
      .command = { "group", "add", "--name", "Living with diabetes", "--alias", "Tuesday Circle", "--digest-hour", "09:00", "--weekday", "tuesday",
                   "--short", "A quiet place by mail.",
                   "--long", "A quiet place by mail for people of Lakeside Clinic who live with the same long illness, and for those who care for them.",
                   "--rule", "Tell your own story. Do not give advice.",
                   "--rule", "Do not change a medicine because of a note here.",
                   "--rule", "What is said here stays here.",
                   "--rule", "No full names, phone numbers or addresses, yours or others.",
                   "--rule", "Be kind. No selling.",
                   "--forbidden", "diabetes", "--forbidden", "insulin", "--forbidden", "sugar" } },
    { AT(0, 9, 0), .who = ANA, .says = "invites eleven people, each by a letter of their own",
      MEMBER("Rose Whitfield", "rose.whitfield@example.com", "(555) 555-0143", "--emergency", "her son Paul, (555) 555-0153") },
    { AT(0, 9, 1), .who = ANA, MEMBER("Maria Santos", "maria.santos@example.net", "(555) 555-0144") },
    { AT(0, 9, 2), .who = ANA, MEMBER("Harold Bennett", "bennetts@example.org", "(555) 555-0145") },
    { AT(0, 9, 3), .who = ANA, MEMBER("June Bennett", "bennetts@example.org", "(555) 555-0145", "--rhythm", "weekly") },
    { AT(0, 9, 4), .who = ANA, MEMBER("Carmen Ortega", "carmen.ortega@example.com", "(555) 555-0146", "--language", "es") },
    { AT(0, 9, 5), .who = ANA, MEMBER("Walter Kim", "w.kim@example.net", "(555) 555-0177", "--rhythm", "each", "--shown-name", "Walt") },
    { AT(0, 9, 6), .who = ANA, MEMBER("Bev Larson", "bev.larson@example.com", "(555) 555-0148", "--role", "caregiver", "--rhythm", "weekly") },
    { AT(0, 9, 7), .who = ANA, MEMBER("Dorothy Price", "dot.price@example.org", "(555) 555-0149", "--shown-name", "Dot") },
    { AT(0, 9, 8), .who = ANA, MEMBER("George Haddad", "george.haddad@example.net", "(555) 555-0150") },
    { AT(0, 9, 9), .who = ANA, MEMBER("Sam Okafor", "sam.okafor@example.com", "(555) 555-0151", "--rhythm", "each",
                                      "--emergency", "his sister Joy, (555) 555-0161", "--chart", "LC-20417") },
    { AT(0, 9, 10), .who = ANA, MEMBER("Ed Novak", "ed.novak@example.org", "(555) 555-0152"), .expect_who = ED, .expect = "Ed" },

    /* ---- they answer ---- */
    { AT(0, 9, 40), JOINS(ROSE, "Rose", "Yes please!\n\nThanks, Rose"), .says = "\"Yes please! Thanks, Rose\", and is welcome" },
    { AT(0, 10, 5), JOINS(MARIA, "Maria", "Sure, count me in"), .says = "\"Sure, count me in\"" },
    { AT(0, 10, 30), JOINS(WALT, "Walter", "Yes, thank you.\n\nWalt") },
    { AT(0, 10, 40), DECIDES(ANA, "only a test", "CLAIM"), .says = "\"CLAIM\": the weekly test of the alarms reached her", .expect_who = LEE, .expect = "The test worked" },
    { AT(0, 11, 0), JOINS(HAROLD, "Harold", "Yes."), .says = "and June say yes, each for themselves, from one mailbox" },
    { AT(0, 11, 2), JOINS(JUNE, "June", "Yes please") },
    { AT(0, 12, 10), .who = CARMEN, .answers = "Hola, Carmen", .words = "Sí, gracias", .says = "\"Sí, gracias\"", .expect_who = CARMEN, .expect = "la bienvenida, Carmen" },
    { AT(0, 13, 15), JOINS(BEV, "Bev", "Yes, I would like that") },
    { AT(0, 14, 0), .who = GEORGE, .answers = "Hello George. To join, reply YES", .words = "Yes but will my boss see any of this?",
      .says = "\"Yes but will my boss see any of this?\" That is no clear yes: Ana gets it, nobody is joined", .expect_who = ANA, .expect = "will my boss" },
    { AT(0, 15, 30), JOINS(SAM, "Sam", "ok, sure") },
    { AT(0, 16, 0), JOINS(DOT, "Dorothy", "YES") },
    { AT(1, 8, 20), JOINS(GEORGE, "George", "Yes"), .says = "was called by Ana, and now says yes" },

    /* ---- Tuesday: the first notes ---- */
    { AT(1, 9, 40), .who = ROSE, .says = "writes the first note, from Gmail", .subject = "Morning numbers",
      .words = "Good morning everyone,\n\nMy morning sugar is always higher than at bedtime, and I have not eaten a thing in between. "
               "I did not sleep well over it. Does that happen to you too?\n\nRose",
      .fate = FATE_RELEASED, .expect_who = ANA, .expect = "May this note go out?", .follow = "Rose: Morning numbers" },
    { AT(1, 9, 55), DECIDES(ANA, "always higher than at bedtime", "Ok, thanks!\n\nAna"), .says = "\"Ok, thanks! Ana\": out it goes",
      .expect_who = WALT, .expect = "always higher than at bedtime" },
    { AT(1, 10, 40), .who = MARIA, .says = "writes from her iPhone, with a photo whose file name tells too much", .subject = "Walking shoes",
      .words = "Hello all. I walk to the lake and back each day now. My feet were sore until I got shoes one size up. Sore feet are gone!",
      .flags = STORY_PHOTO, .fate = FATE_RELEASED, .triptych = "A photo, a file name, a phone's signature" },
    { AT(1, 10, 55), DECIDES(ANA, "shoes one size up", "OK") },
    { AT(1, 13, 10), .who = WALT, .says = "answers Rose from Outlook, with a phone number in the text and a vCard",
      .answers = "always higher than at bedtime",
      .words = "Rose, mine does that too. My nurse calls it the dawn effect. It helped me to know it has a name.\n\n"
               "Call me any time at 555-555-0177 and we can compare notes.",
      .flags = STORY_CARD, .fate = FATE_RELEASED,
      .released_as = "Rose, mine does that too. My nurse calls it the dawn effect. It helped me to know it has a name. Call me any time at and we can compare notes.",
      .triptych = "A phone number in the text, a vCard behind it", .follow = "Walt: a phone number taken out", .expect_who = ANA, .expect = "dawn effect" },
    { AT(1, 13, 20), DECIDES(ANA, "dawn effect", "OK but take out his number"),
      .says = "\"OK but take out his number\": more than a decision, so nothing is done and she is asked", .without = "dawn effect",
      .expect_who = ANA, .expect = "nothing" },
    { AT(1, 13, 25), .who = ANA, .answers = "dawn effect", .words = "OK", .flags = STORY_FORGED, .without = "dawn effect",
      .says = "? A forged \"OK\" in her name, without proof from our border: refused, staff are told" },
    { AT(1, 13, 27), .who = ANA, .answers = "dawn effect", .words = "OK", .flags = STORY_BY_STRANGER, .without = "dawn effect",
      .says = "? Her reply address in a stranger's hands, from the stranger's own mailbox: refused too" },
    { AT(1, 13, 40), DECIDES(ANA, "With OK CUT they would read this", "OK CUT"), .says = "\"OK CUT\": it goes out without the number",
      .expect_who = SAM, .expect = "dawn effect" },
    { AT(1, 15, 0), .who = DOT, .says = "says hello from Yahoo", .answers = "Welcome, Dorothy",
      .words = "Hello everybody. I am Dot. I have had this for thirty years and I still cheat with one cookie on Sundays.", .fate = FATE_RELEASED },
    { AT(1, 15, 20), DECIDES(ANA, "one cookie on Sundays", "Approved. Thank you!") },
    { AT(1, 16, 0), .who = DOT, .answers = "Welcome, Dorothy", .words = "BIG", .says = "\"BIG\": her letters come in large type" },

    /* ---- Wednesday: letter 1, and how people really answer ---- */
    { AT(2, 9, 0), .who = NOBODY, .says = "= The first letter goes out at 9:00", .expect_who = ROSE, .expect = "letter 1" },
    { AT(2, 9, 35), .who = CARMEN, .says = "answers by number, in Spanish", .answers = "Walking shoes",
      .words = "{no shoes one size up} ¡Gracias María! Yo también camino, pero con mi perro. ¿Qué zapatos compraste?", .fate = FATE_RELEASED },
    { AT(2, 9, 40), .who = ROSE, .says = "\"2 Thanks Maria …\": the number puts it where it belongs", .answers = "letter 1",
      .words = "{no shoes one size up} Thanks Maria, that is good to hear. I will try a bigger pair on Saturday.", .fate = FATE_RELEASED, .follow = "Rose: an answer by number",
      .expect_who = ANA, .expect = "bigger pair on Saturday" },
    { AT(2, 9, 50), DECIDES(ANA, "camino, pero con mi perro", "OK") },
    { AT(2, 9, 51), DECIDES(ANA, "bigger pair on Saturday", "OK, thank you Rose") },
    { AT(2, 10, 10), .who = HAROLD, .says = "writes between the lines of the letter, in Thunderbird", .answers = "letter 1",
      .words = "@in between. I did not sleep\nWe keep a little notebook by the bed. June writes, I grumble. It helps.\n"
               "@cheat with one cookie\nOnly one, Dot? You have more will than I do.",
      .flags = STORY_BETWEEN, .fate = FATE_RELEASED, .triptych = "Written between the quoted lines", .expect_who = ANA, .expect = "June writes, I grumble" },
    { AT(2, 10, 20), DECIDES(ANA, "June writes, I grumble", "OK") },
    { AT(2, 10, 21), DECIDES(ANA, "Only one, Dot", "OK"), .says = "says OK to each" },
    { AT(2, 11, 0), .who = MARIA, .says = "answers without a number: we ask \"Which one?\"", .answers = "letter 1",
      .words = "Me too. Some mornings I look with one eye.", .fate = FATE_RELEASED, .expect_who = MARIA, .expect = "Which one?" },
    { AT(2, 11, 20), .who = MARIA, .says = "\"1\", and it is placed", .answers = "Which one?", .words = "{no Morning numbers}" },
    { AT(2, 11, 25), DECIDES(ANA, "look with one eye", "OK") },
    { AT(2, 11, 30), .who = SAM, .says = "? An out-of-office of Sam's mailbox: kept, never answered, never posted", .answers = "dawn effect",
      .words = "I am out of the office until Friday and will read your mail then.\n\nSam Okafor\n(555) 555-0151", .flags = STORY_ROBOT, .without = "out of the office" },

    /* ---- Thursday: letter 2, an announcement, the repeat ---- */
    { AT(3, 9, 0), .who = NOBODY, .says = "= Letter 2. Ed has not answered for three days and is asked once more", .expect_who = ROSE, .expect = "letter 2" },
    { AT(3, 9, 30), .who = ANA, .says = "answers a staff letter with ANNOUNCE and gets a preview first",
      .answers = "You are now nurse", .words = "ANNOUNCE\n\nFlu shots are here. You can come by on Thursday from 9 to 4, no appointment. Bring a friend.",
      .flags = STORY_TOPIC, .expect_who = ANA, .expect = "Flu shots are here", .without = "Flu shots are here" },
    { AT(3, 9, 40), DECIDES(ANA, "Flu shots are here", "SEND"), .says = "\"SEND\": everybody has it, each in a letter of their own", .expect_who = BEV, .expect = "Flu shots are here" },
    { AT(3, 14, 0), .who = CARMEN, .says = "opens a talk in Spanish, from Yahoo", .subject = "Una receta",
      .words = "Hola a todos:\n\nEncontré una sopa de lentejas sin papa que me cae muy bien en la noche. ¿Les mando la receta?\n\nCarmen", .fate = FATE_RELEASED },
    { AT(3, 14, 30), DECIDES(ANA, "sopa de lentejas", "OK") },

    /* ---- Friday: letter 3, advice that needs a note, a note without a name ---- */
    { AT(4, 9, 0), .who = NOBODY, .says = "= Letter 3", .expect_who = ROSE, .expect = "letter 3" },
    { AT(4, 10, 0), .who = WALT, .says = "tells everybody that he stopped a medicine", .subject = "What worked for me",
      .words = "I stopped taking my water pill for a week and felt like a new man. I say you do not need half of what they give you.",
      .fate = FATE_RELEASED, .expect_who = ANA, .expect = "water pill", .follow = "Walt: a note from the care team" },
    { AT(4, 10, 30), DECIDES(ANA, "water pill", "FIX\n\nPlease do not stop a water pill on your own. Feeling better at first is common, and then the water comes back. Call us before you change a thing."),
      .flags = STORY_TOPIC, .says = "FIX: it goes out, with the care team's note bound to it for good", .expect_who = SAM, .expect = "do not stop a water pill" },
    { AT(4, 15, 0), .who = DOT, .says = "writes a note without her name: \"ANON\"", .subject = "A question I never ask",
      .words = "ANON\n\nI hide the sweets from my family, and then I eat them at night. Is it only me?", .fate = FATE_RELEASED },
    { AT(4, 15, 20), DECIDES(ANA, "hide the sweets", "OK"), .expect_who = SAM, .expect = "A member" },

    /* ---- the weekend: nobody is on duty, so notes wait ---- */
    { AT(5, 10, 0), .who = ROSE, .says = "and others write over the weekend. Nothing goes out: nobody is on duty", .answers = "hide the sweets",
      .words = "{no hide the sweets} It is not only you. With me it was the peanut butter, for years. I keep a small jar now, and no big one.", .fate = FATE_RELEASED },
    { AT(5, 11, 0), .who = MARIA, .answers = "hide the sweets", .words = "{no hide the sweets} Thank you for writing this. I thought I was the only one too.", .fate = FATE_RELEASED },
    { AT(5, 16, 0), .who = GEORGE, .subject = "Special offer", .fate = FATE_WITHHELD,
      .words = "Hi folks, my cousin sells a root powder that fixes all of this for good. Ten percent off for friends, order this week." },
    { AT(6, 9, 30), .who = HAROLD, .answers = "Una receta", .words = "{no sopa de lentejas} Yes please, Carmen! June will cook it and I will eat it.", .fate = FATE_RELEASED },
    { AT(7, 8, 20), DECIDES(ANA, "4 notes wait", "OK {all peanut butter|the only one too|June will cook it}\nNO {no root powder} rule 5"),
      .says = "\"OK 1 2 4\" and \"NO 3 rule 5\" on Monday: one mail, four decisions. George is told kindly", .expect_who = GEORGE, .expect = "write it again" },

    /* ---- the second week ---- */
    { AT(7, 9, 0), .who = NOBODY, .says = "= Monday's letter", .expect_who = ROSE, .expect = "June will cook it" },
    { AT(7, 10, 5), DECIDES(ANA, "only a test", "CLAIM") },
    { AT(7, 14, 0), .who = BEV, .says = "? A report comes back: Bev's mailbox is full. It is noted; one report stops nobody", .answers = "Flu shots are here", .flags = STORY_BOUNCE, .words = "" },
    { AT(8, 9, 0), .who = NOBODY, .says = "= Tuesday: June and Bev get their letter of the week", .expect_who = BEV, .expect = "peanut butter" },
    { AT(8, 10, 0), .who = BEV, .says = "answers from Outlook on her phone", .answers = "peanut butter",
      .words = "{no sopa de lentejas} My dad would love that soup too. He is 84 and eats like a bird since spring.", .fate = FATE_RELEASED },
    { AT(8, 10, 20), DECIDES(ANA, "eats like a bird", "OK") },
    { AT(8, 20, 15), .who = SAM, .says = "! In the evening, in answer to a note: words that sound like danger", .answers = "peanut butter",
      .words = "I read all of this and I am so tired. I have saved up all my pills and I am going to end my life tonight. Nobody would miss me.",
      .fate = FATE_WITHHELD, .expect_who = SAM, .expect = "988", .without = "saved up all my pills", .follow = "Sam: a page, claimed and done" },
    { AT(8, 20, 16), .who = NOBODY, .says = "! Sam has the crisis lines at once, Ana is paged, the group sees nothing" },
    { AT(8, 20, 25), .who = NOBODY, .says = "! Nobody has claimed it for ten minutes: Dr. Lee is paged too", .expect_who = LEE, .expect = "CLAIM" },
    { AT(8, 20, 26), DECIDES(LEE, "please claim", "CLAIM"), .says = "\"CLAIM\": now, and only now, she sees who and a phone number", .expect_who = LEE, .expect = "Please call Sam Okafor now" },
    { AT(8, 21, 5), DECIDES(LEE, "Please call Sam Okafor now", "DONE: talked for half an hour, his sister Joy is with him, seen tomorrow at 8"),
      .says = "\"DONE: talked for half an hour, his sister is with him …\"" },
    { AT(8, 21, 10), DECIDES(ANA, "alarm", "DONE: agreed with Dr. Lee"), .says = "agrees: closing it takes two people" },
    { AT(9, 8, 40), DECIDES(ANA, "saved up all my pills", "PRIVATE\n\nDear Sam, I am so glad that we talked this morning. Joy has my number. I will call you on Friday."),
      .flags = STORY_PRIVATE, .says = "\"PRIVATE\": Sam alone has her answer, and what he wrote can never go out", .expect_who = SAM, .expect = "so glad that we talked" },
    { AT(9, 9, 0), .who = NOBODY, .says = "= The letter of the day says nothing of it" },
    { AT(9, 10, 0), .who = GEORGE, .says = "\"STOP\". It acts at once, and he gets one last line", .answers = "letter", .words = "STOP", .expect_who = GEORGE, .expect = "stopped" },
    { AT(10, 11, 0), .who = MARIA, .says = "\"PAUSE 14\": she is at her daughter's", .answers = "letter", .words = "PAUSE 14", .expect_who = MARIA, .expect = "pause" },
    { AT(10, 15, 0), .who = HAROLD, .says = "writes a little thing", .subject = "Small victory",
      .words = "June and I danced at our grandson's wedding. Three songs. Last winter I could not walk to the mailbox.", .fate = FATE_RELEASED },
    { AT(10, 15, 5), .who = HAROLD, .says = "is asked \"Who is writing?\", for two share this mailbox: \"1\"", .answers = "Who is writing?", .words = "{no Harold}" },
    { AT(10, 15, 20), DECIDES(ANA, "danced at our grandson", "OK") },
    { AT(11, 9, 0), .who = NOBODY, .says = "= The letter of the day", .expect_who = ROSE, .expect = "danced at our grandson" },
    { AT(11, 9, 30), .who = DOT, .answers = "danced at our grandson", .words = "Three songs! What did they play?", .fate = FATE_RELEASED },
    { AT(11, 9, 50), DECIDES(ANA, "What did they play", "OK") },

    /* ---- Sunday evening: what waits at the end ---- */
    { AT(13, 19, 10), .who = CARMEN, .says = "and Rose write on Sunday evening. These two wait for you", .answers = "What did they play",
      .words = "{no danced at our grandson} ¡Qué alegría, Harold! Felicidades a los dos. Bailar también es medicina.", .fate = FATE_WITHHELD },
    { AT(13, 20, 5), .who = ROSE, .subject = "Parking at the clinic", .fate = FATE_WITHHELD,
      .words = "Does anyone know a good place to park at the clinic? I circled for twenty minutes last time and my knees did not thank me.\n\nRose" },
};
const size_t story_event_count = COUNT_OF(story_events);
/* clang-format on */
