//! Lines that a device adds under a mail: "Sent from my iPhone".

/// How such lines begin, lower case. What follows is the device or the program.
const OPENINGS: &[&str] = &[
    "sent from my ",
    "sent from ",
    "sent via ",
    "sent with ",
    "sent using ",
    "sent by ",
    "sent wirelessly from ",
    "get outlook for ",
    "get bluemail for ",
    "from my ",
    "via mobile",
    "von meinem ",
    "von meiner ",
    "gesendet von ",
    "gesendet mit ",
    "gesendet über ",
    "diese nachricht wurde von mein",
    "envoyé de mon ",
    "envoyé de ma ",
    "envoyé depuis ",
    "envoyé à partir de ",
    "envoyé avec ",
    "envoyé sans fil ",
    "envoyé via ",
    "télécharger outlook pour ",
    "obtenez outlook pour ",
    "provenance : courrier pour ",
    "enviado desde ",
    "enviado con ",
    "obtener outlook para ",
    "enviado do meu ",
    "enviado do ",
    "enviado de ",
    "enviado a partir ",
    "enviado via ",
    "obter o outlook para ",
    "obtenha o outlook para ",
    "inviato da ",
    "inviato dal ",
    "inviato con ",
    "scarica outlook per ",
    "verzonden vanaf ",
    "verzonden met ",
    "verzonden via ",
    "verstuurd vanaf ",
    "verstuurd vanuit ",
    "outlook voor ",
    "outlook für ",
    "hämta outlook för ",
    "hent outlook til ",
    "skickat från ",
    "skickat med ",
    "skickades från ",
    "från min ",
    "sendt fra ",
    "sendt med ",
    "lähetetty ",
    "wysłano z ",
    "wysłane z ",
    "pobierz outlook ",
    "odesláno z ",
    "odoslané z ",
    "elküldve ",
    "küldve ",
    "trimis de pe ",
    "trimis din ",
    "отправлено с ",
    "отправлено из ",
    "отправлено через ",
    "послано с ",
    "надіслано з ",
    "відправлено з ",
    "изпратено от ",
    "στάλθηκε από ",
    "נשלח מ",
    "أرسلت من ",
    "أُرسلت من ",
    "تم الإرسال من ",
    "發自我的 ",
    "从我的",
    "從我的",
    "发自我的",
    "來自我的",
    "来自我的",
    "传送自",
    "傳送自",
    "được gửi từ ",
    "đã gửi từ ",
    "gửi từ ",
    "dikirim dari ",
    "poslano s ",
    "poslano z ",
    "nexus",
    "ส่งจาก",
];

/// How such lines end where the device stands first, lower case.
const ENDINGS: &[&str] = &[
    "gönderildi",
    "'dan gönderildi",
    " gesendet",
    "から送信",
    "에서 보냄",
    "에서 보낸",
    "传送",
    "傳送",
    "发送",
    " from mobile",
    " via mobile",
];

/// Whether the line is what a device or a program added ("Sent from my iPhone").
pub(super) fn is(line: &str) -> bool {
    let line = line.trim().trim_matches(|c: char| {
        matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '*' | '_' | '"' | '!' | '.' | '-' | '—' | ' ')
    });
    if line.len() < 8 || line.len() > 260 {
        return false;
    }
    let line = line.to_lowercase().replace('[', "");
    // The link behind the name says nothing: "Get Outlook for iOS<https://aka.ms/…>".
    let words = line.split(['<', '(', ']']).next().unwrap_or(&line);
    let words = words.split("http").next().unwrap_or(words).trim();
    let count = words.split_whitespace().count();
    if ENDINGS.iter().any(|ending| words.ends_with(ending)) && count <= 8 {
        return true;
    }
    let Some(opening) = OPENINGS.iter().find(|opening| line.starts_with(*opening)) else {
        return false;
    };
    let apology = ["excuse", "typo", "brevity", "forgive", "entschuldig", "kürze", "fautes", "network", "réseau"];
    if apology.iter().any(|word| line.contains(word)) {
        return count <= 22;
    }
    // "Sent from my desk, is much easier than my phone." is a sentence, "Sent from my Nokia 3310" is not.
    let rest = words.get(opening.len().min(words.len())..).unwrap_or("");
    count <= 11 && !rest.contains([',', ';', '?', ':']) && !rest.contains(". ")
}

/// The text without the device lines (and empty lines) at its end.
pub(super) fn strip(text: &str) -> &str {
    let mut kept = text.trim_end();
    loop {
        let start = kept.rfind('\n').map_or(0, |at| at + 1);
        match kept.get(start..) {
            Some(last) if is(last) => kept = kept.get(..start).unwrap_or("").trim_end(),
            _ => return kept,
        }
    }
}
