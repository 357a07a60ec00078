//! The controlled list of themes: data of this program (`data/catalogue/themes.toml`), the same for every ward.

use std::sync::LazyLock;

use serde::Deserialize;

/// A theme (chủ đề).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Its code.
    pub code: String,
    /// The address of its concept.
    pub uri: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    theme: Vec<Theme>,
}

/// The vocabulary that the themes are of: their addresses begin with it.
pub const TAXONOMY: &str = "http://publications.europa.eu/resource/authority/data-theme";

static THEMES: LazyLock<Result<Vec<Theme>, String>> = LazyLock::new(|| {
    let file: File =
        toml::from_str(include_str!("../../../data/catalogue/themes.toml")).map_err(|fault| fault.to_string())?;
    Ok(file.theme)
});

/// Every theme. The file is compiled in and a test reads it, so a release never has none.
pub fn all() -> &'static [Theme] {
    THEMES.as_deref().unwrap_or_default()
}

/// The theme of a code.
pub fn of(code: &str) -> Option<&'static Theme> {
    all().iter().find(|theme| theme.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_file_is_read_and_agrees_with_itself() {
        assert_eq!(THEMES.as_ref().map(Vec::len), Ok(13));
        let codes: BTreeSet<&str> = all().iter().map(|theme| theme.code.as_str()).collect();
        assert_eq!(codes.len(), all().len());
        for theme in all() {
            assert_eq!(theme.uri, format!("{TAXONOMY}/{}", theme.code));
            assert!((1..=16).contains(&theme.code.len()) && !theme.title_vi.is_empty() && !theme.title_en.is_empty());
        }
        assert!(of("REGI").is_some() && of("regi").is_none());
    }
}
