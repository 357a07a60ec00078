//! Addresses: of files and pages, of licences and standards, of people, and names of media types.

use url::{Host, Url};

use kernel::faults::shown;
use kernel::i18n::Message;

/// The longest address.
pub const MAX_URL: usize = 2_000;

/// Whether an address may stand in RDF as it is: RFC 3986, which is stricter than what browsers take.
fn is_strict(address: &str) -> bool {
    let bytes = address.as_bytes();
    let escaped =
        |index: usize| bytes.get(index + 1..index + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    address.matches('#').count() <= 1
        && bytes.iter().enumerate().all(|(index, byte)| match byte {
            b'%' => escaped(index),
            byte => byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(byte),
        })
}

fn parsed(given: &str, schemes: &[&str]) -> Result<Url, Message> {
    let fault = |key| Message::new(key).with("given", shown(given)).with("schemes", schemes.join(", "));
    let url = Url::parse(given.trim()).map_err(|_| fault("dataset-bad-url"))?;
    let named = match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with('.'),
        Some(Host::Ipv4(_)) => true,
        _ => false,
    };
    if !schemes.contains(&url.scheme()) || !named || url.as_str().len() > MAX_URL || !is_strict(url.as_str()) {
        return Err(fault("dataset-bad-url"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fault("dataset-url-with-password"));
    }
    Ok(url)
}

/// Where a file or a page is: `https` alone, as it is to be kept; or what is wrong with it.
pub fn web_address(given: &str) -> Result<String, Message> {
    parsed(given, &["https"]).map(String::from)
}

/// What names a licence or a standard: many of their addresses are `http` for ever.
pub fn identifier_address(given: &str) -> Result<String, Message> {
    parsed(given, &["https", "http"]).map(String::from)
}

/// Top-level types of the IANA registry of media types.
const TOP_LEVEL: [&str; 10] =
    ["application", "audio", "font", "haptics", "image", "message", "model", "multipart", "text", "video"];

/// A media type of the form of RFC 6838, without parameters, in lower case.
pub fn media_type(given: &str) -> Option<String> {
    let given = given.trim().to_ascii_lowercase();
    let (kind, subtype) = given.split_once('/')?;
    let fits = TOP_LEVEL.contains(&kind)
        && (1..=100).contains(&subtype.len())
        && subtype.starts_with(|first: char| first.is_ascii_alphanumeric())
        && subtype.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_".contains(&byte));
    fits.then_some(given)
}

/// A mail address of the plain form.
pub fn email(given: &str) -> Option<String> {
    let given = given.trim();
    let (name, domain) = given.split_once('@')?;
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let fits = given.len() <= 254
        && (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        && domain.contains('.')
        && domain.split('.').all(label);
    fits.then(|| given.to_owned())
}

/// A telephone number as digits, with or without `+` before them; spaces, dots and hyphens fall away.
pub fn telephone(given: &str) -> Option<String> {
    let bare: String = given.chars().filter(|character| !matches!(character, ' ' | '.' | '-' | '(' | ')')).collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    ((3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_at_https_addresses_that_rdf_takes() {
        let kept = |given: &str| web_address(given).ok();
        assert_eq!(kept(" https://dulieu.example.vn ").as_deref(), Some("https://dulieu.example.vn/"));
        assert_eq!(kept("https://a.vn/đất đai.csv").as_deref(), Some("https://a.vn/%C4%91%E1%BA%A5t%20%C4%91ai.csv"));
        assert_eq!(kept("https://a.vn:8443/x?y=1&z=2#t").as_deref(), Some("https://a.vn:8443/x?y=1&z=2#t"));
        for bad in [
            "",
            "x",
            "/tep.csv",
            "http://a.vn/x",
            "ftp://a.vn/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/csv,a",
            "https://",
            "https://localhost/x",
            "https://[::1]/x",
            "https://a.vn./x",
            "https://a.vn/x?q={y}",
            "https://a.vn/%zz",
            "https://a.vn/x#y#z",
            "https://a.vn/a|b",
            "https://user@a.vn/x",
            "https://user:pass@a.vn/x",
        ] {
            assert_eq!(kept(bad), None, "{bad}");
        }
        assert_eq!(kept(&format!("https://a.vn/{}", "x".repeat(MAX_URL))), None);
        assert!(identifier_address("http://a.vn/x").is_ok());
        assert!(identifier_address("urn:x:y").is_err());
    }

    #[test]
    fn media_types_have_the_shape_of_the_registry() {
        for (given, kept) in [
            ("text/csv", Some("text/csv")),
            (" Application/LD+JSON ", Some("application/ld+json")),
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
            ("csv", None),
            ("text/", None),
            ("/csv", None),
            ("text/csv; charset=utf-8", None),
            ("tekst/csv", None),
            ("text/c sv", None),
            ("text/#x", None),
            ("text/a/b", None),
        ] {
            assert_eq!(media_type(given).as_deref(), kept, "{given}");
        }
    }

    #[test]
    fn people_are_reached_by_mail_or_telephone() {
        for good in ["dulieu@anbien.haiphong.gov.vn", "a.b+c@d.vn"] {
            assert_eq!(email(good).as_deref(), Some(good));
        }
        for bad in ["", "@", "a@b", "a@b..vn", "a b@c.vn", "a@-b.vn", "a@b.vn?subject=x", "đ@b.vn", "a@b@c.vn"] {
            assert_eq!(email(bad), None, "{bad}");
        }
        assert_eq!(telephone("+84 (225) 3.842-253").as_deref(), Some("+842253842253"));
        assert_eq!(telephone("113").as_deref(), Some("113"));
        for bad in ["", "12", "abc", "+", "++84", "0225 3842253 ext 1", "1234567890123456"] {
            assert_eq!(telephone(bad), None, "{bad}");
        }
    }
}
