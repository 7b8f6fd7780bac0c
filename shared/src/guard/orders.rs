//! The phrases with which texts order machines about, by language.

use std::ops::Range;

use super::plainly::{Plain, sound};

/// A phrase: one of each group in order, with small words in between. Words are written together, without accents.
struct Phrase {
    groups: &'static [&'static str],
    between: &'static str,
}

/// Most small words between two groups.
const MAX_BETWEEN: usize = 5;

const EN: &str = "all any the your my our of these those every and previously now please just completely his her its to from be as if you are \
    were a an acting in is that";
const DE: &str = "alle allen aller die der den das deine deinen ihre ihren meine unsere samtlichen samtliche bitte jetzt sofort ab ein eine einen nun \
    von an sie";
const FR: &str =
    "s toutes tous les la le l des de tes vos mes ces ce et maintenant desormais une un a ton votre qui sont";
const ES: &str = "s es todas todos las los la el de tus sus mis estas estos y ahora un una tu su que";
const NL: &str = "alle de het je jouw uw mijn deze van en nu een al";

const PHRASES: &[Phrase] = &[
    Phrase {
        groups: &[
            "ignore ignoring disregard forget override bypass overlook neglect donotfollow dontfollow stopfollowing donotobey disobey",
            "previous prior above earlier preceding foregoing former existing original initial system other",
            "instruction prompt rule direction guideline command directive programming training constraint order",
        ],
        between: EN,
    },
    Phrase {
        groups: &[
            "ignore disregard forget override donotfollow",
            "allinstructions yourinstructions allofyourinstructions yourprogramming yourguidelines yourtraining yoursystemprompt \
             allyourinstructions allrules everythingabove everythingbefore everythingyouweretold everythingyouhavebeentold \
             everythingyouknow whatyouweretold",
        ],
        between: "please now completely just",
    },
    Phrase {
        groups: &[
            "youarenow fromnowonyouare youwillnowactas youmustnowactas fromnowonyouwillact fromnowonact actasifyouare actas pretendtobe \
             pretendyouare youarenolonger behaveas",
            "ai chatbot bot languagemodel largelanguagemodel llm dan jailbroken unrestricted unfiltered developermode adminmode godmode \
             rootmode debugmode maintenancemode hacker systemadministrator virtualassistant assistant superuser bound restricted",
        ],
        between: "a an the in my new powerful helpful evil as by",
    },
    Phrase {
        groups: &[
            "fromnowonyou fromnowon",
            "must will should only",
            "act respond answer behave reply obey follow ignore",
        ],
        between: "you now only always",
    },
    Phrase {
        groups: &[
            "reveal show print repeat output display leak tell giveme whatis ignore override forget disregard send share expose dump summarize",
            "systemprompt systeminstruction systemmessage initialprompt hiddenprompt initialinstruction hiddeninstruction developermessage",
        ],
        between: "me us the your its of full entire complete whole exact all verbatim",
    },
    Phrase {
        groups: &[
            "yoursystemprompt newsysteminstruction newsystemprompt systemoverride systempromptoverride beginsystem endofsystemprompt",
        ],
        between: "",
    },
    Phrase {
        groups: &[
            "importantinstruction newinstruction specialinstruction instruction note message attention urgentinstruction",
            "forai fortheai fortheassistant forassistant forllm forthellm forthelanguagemodel forlanguagemodel foranyai forallai foranyllm foraiassistant \
             foraiagent forthemodel fortheaiassistant toai totheai toaiassistant totheaiassistant totheassistant tothellm tolanguagemodel",
        ],
        between: "the s",
    },
    Phrase {
        groups: &[
            "ifyouare ifyoure asan asa",
            "ai llm languagemodel largelanguagemodel aiassistant automatedassistant aiagent virtualassistant",
            "youmust youshould youhaveto youneedto youwill please readingthis processingthis summarizingthis include reply respond dothis ignore",
        ],
        between: "an a the model assistant system",
    },
    Phrase {
        groups: &[
            "donot dont never without",
            "tell inform mention alert notify reveal telling informing mentioning alerting notifying asking",
            "theuser thisuser tothehuman thehuman totheuser youruser theowneroftheinbox",
        ],
        between: "this it any of",
    },
    Phrase {
        groups: &["developermode godmode jailbreakmode danmode", "enabled activated on unlocked engaged"],
        between: "is now",
    },
    Phrase {
        groups: &[
            "ignoriere ignorieren ignoriert vergiss vergessen missachte missachten ubergehe uberschreibe befolgenicht beachtenicht",
            "vorherigen vorherige bisherigen bisherige vorigen obigen obige fruheren vorangegangenen vorhergehenden vorstehenden ursprunglichen",
            "anweisung instruktion befehl vorgabe regel prompt",
        ],
        between: DE,
    },
    Phrase {
        groups: &[
            "ignoriere ignorieren vergiss vergessen missachte",
            "alleanweisungen deineanweisungen alleregeln deineregeln ihreanweisungen allesbisherige alleswasdu",
        ],
        between: "sie bitte jetzt sofort",
    },
    Phrase {
        groups: &[
            "dubistjetzt dubistabjetzt dubistabsofort dubistnun siesindjetzt siesindnun siesindabsofort",
            "ki assistent chatbot bot sprachmodell hacker uneingeschrankt imentwicklermodus",
        ],
        between: "ein eine kein keine nicht mehr boser hilfreicher neuer der die",
    },
    Phrase {
        groups: &[
            "zeige zeig verrate nenne gib schreibe sende wiederhole",
            "systemprompt systemanweisung systemnachricht",
        ],
        between: "mir uns deinen den deine die ihren ihre aus sie",
    },
    Phrase {
        groups: &[
            "ignore ignorez ignorer oublie oubliez oublier netienspascompte netenezpascompte",
            "instruction consigne regle directive ordre",
            "precedente precedent anterieure ante cidessus initiale avant",
        ],
        between: FR,
    },
    Phrase {
        groups: &[
            "tuesmaintenant tuesdesormais vousetesmaintenant vousetesdesormais apartirdemaintenanttues",
            "ia assistant chatbot robot modeledelangage pirate",
        ],
        between: "un une l plus sans",
    },
    Phrase {
        groups: &[
            "montre montrez revele revelez affiche affichez donne donnez repete repetez",
            "promptsysteme invitesysteme instructionssysteme",
        ],
        between: "moi nous ton votre le les tes vos l",
    },
    Phrase {
        groups: &[
            "ignora ignore ignorad ignorar olvida olvide olvidar descarta desestima notengasencuenta",
            "instruccion instrucciones orden regla directriz indicacion",
            "anterior previa previo precedente dearriba",
        ],
        between: ES,
    },
    Phrase {
        groups: &[
            "ahoraeres apartirdeahoraeres ustedesahora ahoraustedes",
            "ia asistente chatbot bot modelodelenguaje pirata",
        ],
        between: "un una ya no",
    },
    Phrase {
        groups: &[
            "muestra muestrame revela revelame imprime dime repite",
            "promptdelsistema promptdesistema instruccionesdelsistema",
        ],
        between: "el tu su las los tus me",
    },
    Phrase {
        groups: &[
            "ignore ignora ignorar esqueca esquece esquecer desconsidere desconsidera",
            "instruc ordem ordens regra diretriz orientac comando",
            "anterior previa previo precedente acima",
        ],
        between: "oes ao todas as os suas tuas que es s das de",
    },
    Phrase {
        groups: &[
            "agoravocee voceagorae vocee apartirdeagoravocee",
            "ia assistente chatbot bot modelodelinguagem umhacker",
        ],
        between: "um uma agora",
    },
    Phrase {
        groups: &[
            "mostre mostra revele revela imprima diga repita",
            "promptdosistema promptdesistema instrucoesdosistema",
        ],
        between: "o seu teu as suas me",
    },
    Phrase {
        groups: &[
            "ignora ignorate ignori ignorare dimentica dimenticate dimentichi tralascia nontenereconto",
            "istruzion regol direttiv ordin indicazion comand",
            "precedent anterior iniziali soprastanti disopra",
        ],
        between: "i e a le tutte di che tue ricevute",
    },
    Phrase {
        groups: &["orasei adessosei daorainpoisei leiadessoe", "ia assistente chatbot bot modellolinguistico hacker"],
        between: "un una un non piu",
    },
    Phrase {
        groups: &[
            "mostra mostrami rivela rivelami stampa dimmi ripeti",
            "promptdisistema promptdelsistema istruzionidisistema",
        ],
        between: "il tuo le tue i",
    },
    Phrase {
        groups: &[
            "negeer vergeet negeren sladeze",
            "vorige eerdere voorgaande bovenstaande voorafgaande oorspronkelijke",
            "instructie opdracht aanwijzing regel prompt",
        ],
        between: NL,
    },
    Phrase {
        groups: &["jebentnu ubentnu vanafnubenje", "ai assistent chatbot bot taalmodel hacker"],
        between: "een geen meer de",
    },
    Phrase {
        groups: &["toon laat onthul geef herhaal", "systeemprompt systeeminstructie"],
        between: "me mij je jouw uw de het zien",
    },
];

/// Marks with which chat logs and models part who speaks; nobody writes them to a person.
const ROLES: &[&str] = &[
    "<|im_start|>",
    "<|im_end|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|endoftext|>",
    "<|start_header_id|>",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "<system>",
    "</system>",
    "<system_prompt>",
    "<assistant>",
    "[system]",
    "[assistant]",
    "### instruction",
    "### system",
    "###instruction",
    "<start_of_turn>",
    "system prompt:",
    "begin system prompt",
];
/// Roles that speak when a line begins with one and a colon.
const SPEAKERS: &[&str] = &["system", "assistant", "developer", "ai", "ai assistant", "llm"];

/// Where a mark of a role stands.
pub(super) fn roles(text: &str) -> Option<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mark = ROLES.iter().find_map(|role| lower.find(role).map(|at| at..at + role.len()));
    mark.or_else(|| {
        let mut at = 0;
        lower.split_inclusive('\n').find_map(|line| {
            let start = at;
            at += line.len();
            let said = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '*' | '>' | '-'));
            let (who, what) = said.split_once(':')?;
            let speaks = SPEAKERS.contains(&who.trim_end_matches(['*', ' '])) && is_told(what);
            speaks.then(|| start..start + line.len())
        })
    })
}

/// Whether what follows "System:" is said to somebody: "System: Windows 11" is a fact.
fn is_told(what: &str) -> bool {
    let mut words = what.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12);
    words.any(|word| {
        matches!(
            word,
            "you"
                | "your"
                | "ignore"
                | "must"
                | "disregard"
                | "obey"
                | "reply"
                | "respond"
                | "forward"
                | "du"
                | "vous"
                | "tu"
        )
    })
}

/// The words that phrases begin with, by their first letter: most words of a text begin none.
struct Beginnings<T>(Vec<Vec<(&'static str, T)>>);

impl<T: Copy> Beginnings<T> {
    fn of(words: impl Iterator<Item = (&'static str, T)>) -> Self {
        let mut by_letter: Vec<Vec<(&'static str, T)>> = vec![Vec::new(); 256];
        for (word, whose) in words {
            let first = word.bytes().next().map(sound).unwrap_or_default();
            if let Some(same) = by_letter.get_mut(usize::from(first)) {
                same.push((word, whose));
            }
        }
        Self(by_letter)
    }

    /// The words that these letters begin with.
    fn at(&self, letters: &[u8]) -> impl Iterator<Item = (&'static str, T)> {
        let same =
            letters.first().and_then(|first| self.0.get(usize::from(*first))).map(Vec::as_slice).unwrap_or_default();
        same.iter().copied().filter(|(word, _)| begins(letters, word))
    }
}

/// Where an order stands in a text that was read plainly.
pub(super) fn phrases(plain: &Plain) -> Option<Range<usize>> {
    let first = |phrase: &'static Phrase| phrase.groups.first().copied().unwrap_or_default().split_ascii_whitespace();
    let beginnings = Beginnings::of(PHRASES.iter().flat_map(|phrase| first(phrase).map(move |word| (word, phrase))));
    plain.starts.iter().find_map(|start| {
        let rest = plain.letters.get(*start..)?;
        let length = beginnings.at(rest).find_map(|(word, phrase)| matched(rest, word.len(), phrase))?;
        range(plain, *start, length)
    })
}

fn range(plain: &Plain, start: usize, length: usize) -> Option<Range<usize>> {
    let last = plain.from.get(start + length.checked_sub(1)?)?;
    Some(*plain.from.get(start)?..last + 1)
}

/// How many letters the phrase takes that begins with these, of which `at` are its first word.
fn matched(letters: &[u8], mut at: usize, phrase: &Phrase) -> Option<usize> {
    for group in phrase.groups.iter().skip(1) {
        at += after_small_words(letters.get(at..)?, group, phrase.between, MAX_BETWEEN)?;
    }
    Some(at)
}

/// How many letters it takes to the end of a word of the group, with at most `left` small words before it. "un" and "una" both begin
/// "unasistente", so each is tried.
fn after_small_words(letters: &[u8], group: &str, between: &str, left: usize) -> Option<usize> {
    if let Some(found) = one_of(letters, group) {
        return Some(found);
    }
    let left = left.checked_sub(1)?;
    between.split_ascii_whitespace().filter(|word| begins(letters, word)).find_map(|word| {
        let rest = letters.get(word.len()..)?;
        Some(word.len() + after_small_words(rest, group, between, left)?)
    })
}

/// How many letters the longest of the words takes that these begin with.
fn one_of(letters: &[u8], words: &str) -> Option<usize> {
    words.split_ascii_whitespace().filter(|word| begins(letters, word)).map(str::len).max()
}

fn begins(letters: &[u8], word: &str) -> bool {
    letters
        .get(..word.len())
        .is_some_and(|head| head.iter().zip(word.bytes()).all(|(letter, byte)| *letter == sound(byte)))
}

/// Words that send something somewhere, by language; a phrase with them is an order only with what is sent and an address.
const SEND: &str = "forward send email mail bcc copy transfer export upload exfiltrate leak post leite leiten sende senden schicke schicken \
    weiterleiten transfere transferez envoie envoyez reenvia reenvie envia envie encaminhe encaminha inoltra inoltrate invia inviate \
    stuur verstuur doorsturen mande manda";
/// What is worth sending: everything, or what is not for others.
const WORTH: &str = "this all every any entire whole your these everything contact customer client password credential secret token apikey key \
    data database conversation thread history inbox mailbox document file list confidential internal alle alles diese dieses kontakt kunde passwort \
    zugangsdaten daten tous toutes ce cet cette contacts clients motdepasse donnees todos todas este esta estos estas contrasena datos clientes \
    lista senha dados contatos tutti tutte questo questa dati contatti klanten wachtwoord gegevens dit deze";
/// Farthest that an address may stand from the word that sends, in letters.
const REACH: usize = 120;

/// Where a text asks to send what is not for others to an address: "forward this to x@y.example".
pub(super) fn errands(text: &str, plain: &Plain) -> Option<Range<usize>> {
    // Where addresses stand, in order.
    let addresses: Vec<usize> = text
        .match_indices('@')
        .map(|(at, _)| at)
        .filter(|at| text.get(at + 1..).is_some_and(|after| after.starts_with(char::is_alphanumeric)))
        .filter(|at| text.get(..*at).is_some_and(|before| before.ends_with(char::is_alphanumeric)))
        .collect();
    if addresses.is_empty() {
        return None;
    }
    let verbs = Beginnings::of(SEND.split_ascii_whitespace().map(|verb| (verb, ())));
    plain.starts.iter().find_map(|start| {
        let rest = plain.letters.get(*start..)?;
        let verb = verbs.at(rest).map(|(verb, ())| verb.len()).max()?;
        let from = *plain.from.get(*start)?;
        let address = *addresses.get(addresses.partition_point(|at| *at < from))?;
        let end = plain.from.partition_point(|at| *at < address);
        if end < start + verb || end - start > REACH {
            return None;
        }
        let first = plain.starts.partition_point(|at| *at < start + verb);
        let worth = plain
            .starts
            .get(first..)?
            .iter()
            .take_while(|at| **at < end)
            .any(|at| plain.letters.get(*at..end).is_some_and(|letters| one_of(letters, WORTH).is_some()));
        worth.then_some(from..address + 1)
    })
}
