//! The people of the demo and what they did: all of it invented, at companies that do not exist.

/// A person and the company's place in the list.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) company: usize,
}

/// A company.
pub(super) struct Company {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) trade: &'static str,
    pub(super) city: &'static str,
    pub(super) zone: &'static str,
}

const fn company(
    name: &'static str,
    domain: &'static str,
    trade: &'static str,
    city: &'static str,
    zone: &'static str,
) -> Company {
    Company { name, domain, trade, city, zone }
}

const fn person(name: &'static str, title: &'static str, company: usize) -> Person {
    Person { name, title, company }
}

const fn act(who: usize, hours_ago: i64, what: What) -> Act {
    Act { who, hours_ago, what }
}

pub(super) const COMPANIES: &[Company] = &[
    company("Lumen Freight", "lumen-freight.example", "rail and road freight", "Rotterdam", "Europe/Amsterdam"),
    company("Oakridge Dental", "oakridge-dental.example", "dental practices", "Leeds", "Europe/London"),
    company("Tidewater Robotics", "tidewater-robotics.example", "dock robots", "Halifax", "America/Halifax"),
    company("Alpenblick Hotels", "alpenblick-hotels.example", "mountain hotels", "Innsbruck", "Europe/Vienna"),
    company("Quillworks", "quillworks.example", "publishing software", "Dublin", "Europe/Dublin"),
    company("Meridian Solar", "meridian-solar.example", "rooftop solar", "Seville", "Europe/Madrid"),
    company("Northlight Labs", "northlight-labs.example", "medical imaging", "Uppsala", "Europe/Stockholm"),
    company("Cobalt & Fern", "cobaltandfern.example", "office plants", "Chicago", "America/Chicago"),
    company("Harbour Bread Co", "harbour-bread.example", "bakeries", "Bristol", "Europe/London"),
    company("Vantage Surveying", "vantage-surveying.example", "land surveying", "Denver", "America/Denver"),
    company("Pinecone Payroll", "pinecone-payroll.example", "payroll services", "Portland", "America/Los_Angeles"),
    company("Sable Insurance", "sable-insurance.example", "marine insurance", "Hamburg", "Europe/Berlin"),
    company("Brightwater Schools", "brightwater-schools.example", "private schools", "Toronto", "America/Toronto"),
    company("Ferro Tooling", "ferro-tooling.example", "machine tools", "Turin", "Europe/Rome"),
    company("Kestrel Analytics", "kestrel-analytics.example", "energy forecasts", "Edinburgh", "Europe/London"),
];

pub(super) const PEOPLE: &[Person] = &[
    person("Marit de Boer", "Head of Operations", 0),
    person("Joris Hendriks", "Fleet Manager", 0),
    person("Priya Raman", "Practice Director", 1),
    person("Tom Ashdown", "Office Manager", 1),
    person("Elise Comeau", "VP Sales", 2),
    person("Darius Cole", "Product Manager", 2),
    person("Hannah Moser", "General Manager", 3),
    person("Felix Auer", "Revenue Manager", 3),
    person("Aoife Brennan", "Founder", 4),
    person("Kwame Mensah", "Engineering Lead", 4),
    person("Lucía Ortega", "Chief Operating Officer", 5),
    person("Mateo Vidal", "Regional Sales Lead", 5),
    person("Saga Lindqvist", "Director of Partnerships", 6),
    person("Emil Norberg", "IT Manager", 6),
    person("Dana Whitfield", "Owner", 7),
    person("Marcus Bell", "Account Director", 7),
    person("Imogen Clarke", "Managing Director", 8),
    person("Rhys Powell", "Head of Retail", 8),
    person("Gloria Reyes", "Field Operations Lead", 9),
    person("Nate Sorensen", "Principal Surveyor", 9),
    person("Yuki Tanabe", "Head of Customer Success", 10),
    person("Brooke Ellison", "Chief Revenue Officer", 10),
    person("Jan Petersen", "Head of Claims", 11),
    person("Katharina Wolf", "Procurement Lead", 11),
    person("Omar Haddad", "Director of Admissions", 12),
    person("Claire Fontaine", "Bursar", 12),
    person("Giulia Ferrero", "Sales Operations Manager", 13),
    person("Paolo Greco", "Plant Director", 13),
    person("Fiona Mackay", "Head of Data", 14),
    person("Stuart Reid", "Commercial Director", 14),
];

/// What a person did, and how many hours ago.
pub(super) struct Act {
    pub(super) who: usize,
    pub(super) hours_ago: i64,
    pub(super) what: What,
}

/// The sorts of things that people do.
pub(super) enum What {
    /// They filled in the form for a demo.
    Demo(&'static str),
    /// They wrote by the contact form.
    Contact(&'static str),
    /// A program saw them do something: source and kind.
    Seen(&'static str, &'static str),
    /// They stand on a lead list: how the list found them, and what came of it where that is known.
    Listed(&'static str, Option<bool>),
    /// A deal: its name, stage, value in whole euros, days until it should close, percent.
    Deal(&'static str, &'static str, i64, i64, u8),
    /// A mail of a thread: thread, subject, words; those of the workspace are told by the flag.
    Mail(&'static str, &'static str, &'static str, bool),
}

use What::{Contact, Deal, Demo, Listed, Mail, Seen};

pub(super) const ACTS: &[Act] = &[
    act(
        0,
        3,
        Demo(
            "We run 140 trucks and lose an hour a day to phone calls. Could you show us dispatch on Thursday morning?",
        ),
    ),
    act(4, 20, Demo("Evaluating two vendors this month. Need to see how approvals work for a team of twelve.")),
    act(20, 50, Demo("Our success team lives in spreadsheets. Is there a way to try this with our own data?")),
    act(12, 95, Demo("A colleague at a hospital group recommended you. We would want a security review early.")),
    act(7, 9, Contact("Do you support seasonal contracts? We close from April to June.")),
    act(16, 30, Contact("Could somebody call me about the price for eight shops?")),
    act(25, 130, Contact("Please send me what a school of 600 pupils would pay per year.")),
    act(
        2,
        5,
        Mail(
            "oakridge",
            "Rollout at the Headingley practice",
            "Thanks for the outline. Two questions before I take it to the partners: can we start with one practice, and who trains the reception team?",
            false,
        ),
    ),
    act(
        2,
        29,
        Mail(
            "oakridge",
            "Rollout at the Headingley practice",
            "Here is the outline we talked about: four weeks, one practice at a time.",
            true,
        ),
    ),
    act(
        10,
        26,
        Mail(
            "meridian",
            "Contract draft",
            "Our lawyer has one change to clause 7. If you can accept it we can sign this week.",
            false,
        ),
    ),
    act(10, 75, Mail("meridian", "Contract draft", "Attached is the draft with the discount for two years.", true)),
    act(
        22,
        49,
        Mail(
            "sable",
            "Data residency",
            "Where are the backups kept? Our auditors will not move without an answer.",
            false,
        ),
    ),
    act(28, 70, Mail("kestrel", "API limits", "We would pull about 40,000 records a night. Is that a problem?", false)),
    act(
        28,
        66,
        Mail("kestrel", "API limits", "That is well within the limits; the details are in the reference.", true),
    ),
    act(
        8,
        190,
        Mail("quill", "Intro", "Good to meet you at the fair. Could you send the case study you mentioned?", false),
    ),
    act(8, 186, Mail("quill", "Intro", "With pleasure, here it is. Shall we talk next week?", true)),
    act(
        8,
        14,
        Mail("quill", "Intro", "Sorry for the silence. Next week works now: Tuesday or Wednesday afternoon?", false),
    ),
    act(
        26,
        118,
        Mail(
            "ferro",
            "Pilot results",
            "The pilot went better than we hoped. What would it cost for both plants?",
            false,
        ),
    ),
    act(26, 100, Mail("ferro", "Pilot results", "Wonderful news. I will put numbers together by Friday.", true)),
    act(0, 260, Deal("Dispatch for 140 trucks", "Qualified", 48_000, 34, 35)),
    act(2, 240, Deal("Headingley rollout", "Proposal", 18_500, 12, 60)),
    act(10, 300, Deal("Two-year plan", "Contract", 64_000, 4, 80)),
    act(12, 90, Deal("Partner portal", "Discovery", 36_000, 60, 20)),
    act(22, 330, Deal("Claims intake", "Security review", 120_000, 45, 40)),
    act(26, 200, Deal("Both plants", "Proposal", 82_000, 20, 65)),
    act(28, 210, Deal("Nightly sync", "Qualified", 22_000, 30, 30)),
    act(4, 18, Seen("website", "pricing_page")),
    act(0, 6, Seen("website", "pricing_page")),
    act(14, 40, Seen("website", "pricing_page")),
    act(23, 44, Seen("website", "page_view")),
    act(12, 80, Seen("website", "page_view")),
    act(18, 150, Seen("social", "mention")),
    act(9, 34, Seen("social", "mention")),
    act(5, 12, Seen("webhook", "call_requested")),
    act(21, 60, Seen("webhook", "meeting_booked")),
    act(29, 110, Seen("webhook", "job_change")),
    act(1, 170, Listed("Trade fair, hall 4", None)),
    act(3, 175, Listed("Referral by Priya Raman", None)),
    act(6, 180, Listed("Webinar on seasonal staffing", None)),
    act(11, 220, Listed("Trade fair, hall 4", None)),
    act(13, 230, Listed("White paper", Some(false))),
    act(15, 250, Listed("Referral by Dana Whitfield", Some(true))),
    act(17, 280, Listed("Webinar on shop operations", Some(false))),
    act(19, 310, Listed("Partner list", None)),
    act(24, 340, Listed("White paper", Some(false))),
    act(27, 360, Listed("Trade fair, hall 4", Some(true))),
    act(14, 400, Listed("Partner list", Some(true))),
    act(23, 420, Listed("Webinar on audits", Some(false))),
    act(29, 450, Listed("Partner list", Some(true))),
];
