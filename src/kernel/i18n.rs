//! Messages to people: a Fluent catalogue per language, never a sentence in code.
//!
//! A piece of code that has something to say makes a [`Message`] (a key and its arguments); whoever
//! stands at the edge and knows the caller's [`Language`] renders it. The catalogue lies in
//! `locales/<language>/*.ftl` and is compiled in; a test proves that both languages hold the same keys.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language of names and messages (ngôn ngữ). Vietnamese is the default: it is the users' language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, async_graphql::Enum)]
pub enum Language {
    /// Vietnamese (tiếng Việt).
    #[default]
    Vi,
    /// English (tiếng Anh).
    En,
}

rows::plain_enum!(Language);

impl Language {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Vi => "vi",
            Language::En => "en",
        }
    }

    /// The language that an `Accept-Language` header (RFC 9110, 12.5.4) prefers among ours; Vietnamese
    /// where it names none of them.
    pub fn from_accept_language(header: &str) -> Language {
        let mut best = (Language::Vi, 0.0_f32);
        for range in header.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            let language = match tag.split('-').next() {
                Some("vi") => Language::Vi,
                Some("en") => Language::En,
                _ => continue,
            };
            if quality > best.1 {
                best = (language, quality);
            }
        }
        best.0
    }
}

/// The value of a message's argument. Numbers are passed as text: figures are printed to the last
/// digit, never through a formatter that might round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageArg {
    /// Text as it stands.
    Text(String),
    /// Another message, rendered in the same language (a field's name inside a sentence).
    Message(&'static str),
    /// A name from data that has one in each language.
    Named {
        /// Vietnamese.
        vi: String,
        /// English.
        en: String,
    },
}

impl MessageArg {
    /// The text in a language.
    pub fn render(&self, language: Language) -> String {
        match self {
            MessageArg::Text(text) => text.clone(),
            MessageArg::Message(key) => Message::new(key).render(language),
            MessageArg::Named { vi, en } => match language {
                Language::Vi => vi.clone(),
                Language::En => en.clone(),
            },
        }
    }
}

impl From<String> for MessageArg {
    fn from(text: String) -> Self {
        MessageArg::Text(text)
    }
}
impl From<&str> for MessageArg {
    fn from(text: &str) -> Self {
        MessageArg::Text(text.to_owned())
    }
}
macro_rules! number_args {
    ($($number:ty),*) => {$(
        impl From<$number> for MessageArg {
            fn from(number: $number) -> Self {
                MessageArg::Text(number.to_string())
            }
        }
    )*};
}
number_args!(i32, i64, u32, u64, usize);

/// Something to say to a person, not yet in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    key: &'static str,
    args: Vec<(&'static str, MessageArg)>,
}

impl Message {
    /// A message of the catalogue by its key.
    pub fn new(key: &'static str) -> Message {
        Message { key, args: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<MessageArg>) -> Message {
        self.args.push((name, value.into()));
        self
    }

    /// The catalogue's key.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The sentence in a language. A key that is missing renders as itself: a visible fault, never a panic.
    pub fn render(&self, language: Language) -> String {
        let bundle = &CATALOGUE[language as usize];
        let Some(pattern) = bundle.get_message(self.key).and_then(|message| message.value()) else {
            tracing::error!(message.key = self.key, language = language.tag(), "message missing in the catalogue");
            return self.key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in &self.args {
            args.set(*name, FluentValue::from(value.render(language)));
        }
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut faults).into_owned();
        for fault in faults {
            tracing::error!(message.key = self.key, language = language.tag(), %fault, "message does not format");
        }
        text
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Language::En))
    }
}

macro_rules! catalogue {
    ($($file:literal),* $(,)?) => {
        const SOURCES: [&[(&str, &str)]; 2] = [
            &[$(($file, include_str!(concat!("../../locales/vi/", $file)))),*],
            &[$(($file, include_str!(concat!("../../locales/en/", $file)))),*],
        ];
    };
}

// One file per room; a new room adds its file here.
catalogue!(
    "http.ftl",
    "gate.ftl",
    "graphql.ftl",
    "access.ftl",
    "workflow.ftl",
    "dossier.ftl",
    "template.ftl",
    "procedure.ftl",
    "simplification.ftl",
    "publicity.ftl",
    "staffing.ftl",
    "apparatus.ftl",
    "budget.ftl",
    "autonomy.ftl",
    "reform_budget.ftl",
    "investment.ftl",
    "savings.ftl",
    "legal.ftl",
    "digital.ftl",
    "asset.ftl",
    "dataset.ftl",
    "programme.ftl",
    "period.ftl",
    "cli.ftl",
);

static CATALOGUE: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [bundle(Language::Vi), bundle(Language::En)]);

#[expect(clippy::panic, reason = "the catalogue is compiled in and a test loads it: a fault can't reach a release")]
fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let id = language
        .tag()
        .parse::<unic_langid::LanguageIdentifier>()
        .unwrap_or_else(|fault| panic!("{}: {fault}", language.tag()));
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks are for mixed-direction text; Vietnamese and English both run left to right.
    bundle.set_use_isolating(false);
    for (file, source) in SOURCES[language as usize] {
        let resource = FluentResource::try_new((*source).to_owned())
            .unwrap_or_else(|(_, faults)| panic!("locales/{}/{file}: {faults:?}", language.tag()));
        if let Err(faults) = bundle.add_resource(resource) {
            panic!("locales/{}/{file}: {faults:?}", language.tag());
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(language: Language) -> BTreeSet<String> {
        SOURCES[language as usize]
            .iter()
            .flat_map(|(_, source)| source.lines())
            .filter_map(|line| {
                let (key, _) = line.split_once(" =")?;
                key.starts_with(|first: char| first.is_ascii_lowercase()).then(|| key.to_owned())
            })
            .collect()
    }

    #[test]
    fn both_languages_hold_the_same_messages() {
        assert_eq!(keys(Language::Vi), keys(Language::En));
        assert!(Message::new("error-internal").render(Language::Vi) != "error-internal");
    }

    #[test]
    fn the_header_chooses_the_language() {
        for (header, language) in [
            ("", Language::Vi),
            ("fr-FR", Language::Vi),
            ("en", Language::En),
            ("en-GB,en;q=0.9", Language::En),
            ("vi;q=0.5, en;q=0.8", Language::En),
            ("en;q=0.2, vi-VN;q=0.9", Language::Vi),
            ("en;q=0", Language::Vi),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }
}
