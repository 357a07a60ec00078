//! Text as it is compared, without diacritics and case, so that "thu tuc" finds "Thủ tục"; and as it is kept, trimmed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without diacritics; đ becomes d.
pub fn unaccented(text: &str) -> String {
    text.nfd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| if character == 'đ' { 'd' } else { character })
        .collect()
}

/// A text that says something, without spaces around it; none when that leaves nothing.
pub fn trimmed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The same, as it is kept.
pub fn kept(text: Option<&str>) -> Option<String> {
    trimmed(text).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diacritics_and_case_fall_away() {
        assert_eq!(unaccented("Đăng ký KHAI SINH"), "dang ky khai sinh");
        assert_eq!(unaccented("Thủ tục hành chính"), "thu tuc hanh chinh");
        // Decomposed input gives the same.
        assert_eq!(unaccented("Thu\u{309} tu\u{323}c"), "thu tuc");
    }

    #[test]
    fn blanks_say_nothing() {
        assert_eq!([trimmed(None), trimmed(Some(" \n")), trimmed(Some(" a b "))], [None, None, Some("a b")]);
        assert_eq!(kept(Some(" a ")), Some("a".to_owned()));
    }
}
