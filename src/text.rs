//! Text as it is compared: without diacritics and case, so that "thu tuc" finds "Thủ tục".

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
}
