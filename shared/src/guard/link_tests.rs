//! Links to allowed places pass; links elsewhere, and every trick to make one look like an allowed one, do not.

use proptest::prelude::*;

use super::*;
use crate::guard::Verdict;

const QUOTED: &str = "On Monday Ann wrote: see https://wiki.partner.example/page?x=1 and http://old.example.";

fn domains() -> Vec<Domain> {
    ["acme.example", "sender.example", "müller.example"].map(|name| name.parse().unwrap()).to_vec()
}

fn of(text: &str, html: Option<&str>) -> Finding {
    let domains = domains();
    let addresses = ["ann@gmail.com"];
    let places = Places { domains: &domains, addresses: &addresses, quoted: QUOTED };
    let html = html.map(Html::read);
    check(&[Part::new("the text", text)], html.as_ref(), &places)
}

#[test]
fn links_to_allowed_places_pass() {
    for text in [
        "Book here: https://sender.example/demo?id=1#top.",
        "https://ACME.example, http://sub.acme.example:8080/x and www.acme.example/y",
        "(https://xn--mller-kva.example/) and https://müller.example/ä",
        "as you wrote: https://wiki.partner.example/page?x=1",
        "http://old.example.",
        "mailto:sales@sender.example?subject=Hi or mailto:ann@gmail.com",
        "call tel:+49-30-901820",
        "https://sender.example/login?next=https://other.example/x",
        "no link at all: Node.js, Booking.com, ann@other.example, 10:30",
        "[our guide](https://sender.example/guide), and <https://acme.example>",
        "",
    ] {
        assert_eq!(of(text, None), Finding::pass(Guardrail::Link), "{text}");
    }
    for html in [
        "<a href=\"https://sender.example/x\">Book a time</a>",
        "<a href='https://www.acme.example/'>acme.example</a>",
        "<a href='https://acme.example/'>www.acme.example/about</a>",
        "<a href='https://sub.acme.example/'>our page at Acme.example</a>",
        "<a href='mailto:ann@acme.example'>ann@acme.example</a>",
        "<a href='#top'>up</a><a name=x>here</a>",
        "<img src='cid:logo' alt='Acme'><img src='https://sender.example/l.png' srcset='https://sender.example/2.png 2x'>",
        "<a href='https://sender.example/node'>Node.js guide, v1.2</a>",
        "<a href='https://wiki.partner.example/page?x=1'>your page</a>",
        "<div style=\"background:url('https://sender.example/b.png')\">x</div>",
        "<a href='tel:+49301'>+49 30 1</a>",
    ] {
        assert_eq!(of("", Some(html)), Finding::pass(Guardrail::Link), "{html}");
    }
}

#[test]
fn links_elsewhere_and_tricks_block_in_text() {
    for (text, says) in [
        ("see https://evil.example/x", "not an allowed domain"),
        ("www.evil.example", "evil.example"),
        ("evil.example/login", "not an allowed domain"),
        ("https://notacme.example", "not an allowed domain"),
        ("https://acme.example.evil.example", "begins like acme.example"),
        ("https://аcme.example", "only looks like acme.example"),
        ("https://xn--cme-5cd.example", "only looks like acme.example"),
        ("https://acrne.example", "only looks like acme.example"),
        ("https://acme.example@evil.example", "hides where it leads"),
        ("https://acme.example,@evil.example/", "hides where it leads"),
        ("https://acme.example\\@evil.example", "hides where it leads"),
        ("https:\\\\evil.example", "hides where it leads"),
        ("https://127.0.0.1/x", "bare number"),
        ("http://3232235777/", "bare number"),
        ("http://[::ffff:127.0.0.1]/", "bare number"),
        ("http://localhost:8000", "no domain"),
        ("javascript:alert(1)", "neither a web page"),
        ("data:text/html;base64,PHNjcmlwdD4=", "neither a web page"),
        ("file:///etc/passwd", "neither a web page"),
        ("ftp://acme.example", "neither a web page"),
        ("https://acme%2eexample/", "hides where it leads"),
        ("mailto:evil@evil.example", "not an allowed address"),
        ("mailto:ann@gmail.com?bcc=evil@evil.example", "hides where it leads"),
        ("mailto:bob@gmail.com", "not an allowed address"),
        ("https://gmail.com/", "not an allowed domain"),
        ("https://wiki.partner.example/page?x=2", "not an allowed domain"),
        ("[a](https://acme.example/x)[b](https://evil.example)", "evil.example"),
        ("https://acme.example,https://evil.example", "evil.example"),
    ] {
        let finding = of(text, None);
        assert_eq!(finding.verdict, Verdict::Block, "{text}");
        let reason = finding.reason.unwrap();
        assert!(reason.contains(says), "{text}: {reason}");
    }
}

#[test]
fn links_elsewhere_and_tricks_block_in_html() {
    for html in [
        "<a href='https://evil.example'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<a href='evil.example/x'>x</a>",
        "<a href='/relative'>x</a>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='https://acme.example@evil.example'>x</a>",
        "<a href='https://acme.example'>https://sender.example</a>",
        "<a href='https://acme.example'>go to <b>paypal</b>.com</a>",
        "<a href='https://acme.example'>bank.example</a>",
        "<a href='mailto:ann@acme.example'>bob@sender.example</a>",
        "<a href='https://acme.example'>www.evil.example",
        "<img src='https://evil.example/pixel.gif'>",
        "<img srcset='https://sender.example/a.png 1x, https://evil.example/b.png 2x'>",
        "<img src='data:image/png;base64,AAAA'>",
        "<td background='http://evil.example/x'>x</td>",
        "<div style=\"background-image:url(https://evil.example/x)\">x</div>",
        "<style>@import 'https://evil.example/x.css'</style>",
        "<style>p{background:url(\"https://evil.example/x\")}</style>",
        "<form action='https://acme.example'>x</form>",
        "<script src='https://acme.example/x.js'></script>",
        "<iframe src='https://acme.example'></iframe>",
        "<base href='https://evil.example'>",
        "<meta http-equiv=Refresh content='0;url=https://evil.example'>",
        "<p onclick='x()'>x</p>",
        "<svg><a xlink:href='https://evil.example'>x</a></svg>",
    ] {
        assert_eq!(of("", Some(html)).verdict, Verdict::Block, "{html}");
    }
}

proptest! {
    #[test]
    fn a_link_elsewhere_in_any_ascii_text_is_found(before in "[a-zA-Z0-9 .,:;!?()\n]{0,30}", host in "[a-z]{1,12}", after in "[a-zA-Z0-9 .,:;!?()\n]{0,30}") {
        let text = format!("{before} https://{host}-x.evil.example {after}");
        prop_assert_eq!(of(&text, None).verdict, Verdict::Block, "{}", text);
        let html = format!("<p>{before}<a href=\"https://{host}-x.evil.example\">{after}</a>");
        prop_assert_eq!(of("", Some(&html)).verdict, Verdict::Block, "{}", html);
    }

    #[test]
    fn words_are_no_link(text in "([A-Z]?[a-z]{1,9}[,.;:!?]?[ \n]){0,20}") {
        prop_assert_eq!(of(&text, Some(&text)), Finding::pass(Guardrail::Link));
    }

    #[test]
    fn a_subdomain_of_an_allowed_domain_passes_and_a_longer_name_does_not(label in "[a-z][a-z0-9]{0,9}", path in "[a-z0-9/]{0,9}") {
        let below = format!("https://{label}.acme.example/{path}");
        prop_assert_eq!(of(&below, None), Finding::pass(Guardrail::Link));
        let beside = format!("https://{label}acme.example/{path}");
        prop_assert_eq!(of(&beside, None).verdict, Verdict::Block);
    }
}
