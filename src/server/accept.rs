//! Which media type an answer has: content negotiation (RFC 9110, 12.5.1; GraphQL over HTTP, "Accept").

use axum::http::HeaderValue;

/// The two media types that GraphQL answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status tells a refused document from an executed one.
    GraphqlResponse,
    /// `application/json`: an older client, which takes any status but 200 for trouble on the way.
    Json,
}

impl MediaType {
    /// As it stands in `Content-Type`.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            MediaType::Json => "application/json; charset=utf-8",
        })
    }
}

/// One media range of the header.
struct Range {
    kind: String,
    subtype: String,
    quality: f32,
}

impl Range {
    /// None where it is not a media range, or asks for a character set that JSON does not have.
    fn parse(text: &str) -> Option<Range> {
        let mut parts = text.split(';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let mut quality = 1.0_f32;
        for part in parts {
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => quality = value.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality))?,
                "charset" if !value.eq_ignore_ascii_case("utf-8") => return None,
                _ => {}
            }
        }
        Some(Range { kind: kind.to_ascii_lowercase(), subtype: subtype.to_ascii_lowercase(), quality })
    }

    /// How closely it names `application/<subtype>`: 2 by name, 1 by `application/*`, 0 by `*/*`.
    fn closeness(&self, subtype: &str) -> Option<u8> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("application", own) if own == subtype => Some(2),
            ("application", "*") => Some(1),
            ("*", "*") => Some(0),
            _ => None,
        }
    }
}

/// The closest range that names the type decides, and among equally close ones the most welcoming.
fn preference(ranges: &[Range], subtype: &str) -> (u8, f32) {
    ranges
        .iter()
        .filter_map(|range| Some((range.closeness(subtype)?, range.quality)))
        .reduce(|best, next| if next.0 > best.0 || (next.0 == best.0 && next.1 > best.1) { next } else { best })
        .unwrap_or((0, 0.0))
}

/// The media type of the answer to a request with this `Accept` header (empty where it has none), or
/// None where neither type fits. A client that wants the newer type has to name it: whoever sends `*/*`
/// may not know what its statuses mean.
pub(super) fn negotiate(accept: &str) -> Option<MediaType> {
    if accept.trim().is_empty() {
        return Some(MediaType::Json);
    }
    let ranges: Vec<Range> = accept.split(',').filter_map(Range::parse).collect();
    let (closeness, newer) = preference(&ranges, "graphql-response+json");
    let (_, json) = preference(&ranges, "json");
    if newer > 0.0 && closeness == 2 && newer >= json {
        Some(MediaType::GraphqlResponse)
    } else if json > 0.0 {
        Some(MediaType::Json)
    } else if newer > 0.0 {
        Some(MediaType::GraphqlResponse)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_chooses_the_media_type() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, chosen) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("APPLICATION/JSON; Charset=\"UTF-8\"", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("application/graphql-response+json; charset=utf-8", Some(GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.9", Some(Json)),
            ("application/graphql-response+json;q=0.5, */*;q=0.1", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0.5, */*", Some(Json)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Json)),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0, */*", Some(Json)),
            ("application/json;q=0", None),
            ("text/html", None),
            ("application/json; charset=utf-16", None),
            ("application/json;q=2", None),
            ("nonsense", None),
        ] {
            assert_eq!(negotiate(accept), chosen, "{accept}");
        }
    }
}
