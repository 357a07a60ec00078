//! A request that is turned away: what is wrong with it, and where.

use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError};

use kernel::error::ErrorCode;
use kernel::i18n::{Language, Message};

/// A request error (specification 7.1.2): nothing was executed, so the answer has errors and no data.
#[derive(Debug)]
pub struct Refusal {
    /// The code that every error of this refusal carries; the transport chooses its status by it.
    pub code: ErrorCode,
    /// In the caller's language, with `extensions.code` and, where known, locations.
    pub errors: Vec<ServerError>,
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Response {
        Response::from_errors(refusal.errors)
    }
}

/// A refusal before anybody knows the caller's language.
#[derive(Debug)]
pub(super) struct Denial {
    code: ErrorCode,
    faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    pub message: Message,
    pub at: Option<Pos>,
    /// The path to the value inside the variables, as `input.lines[3].received`.
    pub variable: Option<String>,
}

impl Denial {
    pub fn new(code: ErrorCode, faults: Vec<Fault>) -> Denial {
        Denial { code, faults }
    }

    pub fn one(code: ErrorCode, message: Message, at: Option<Pos>) -> Denial {
        Denial { code, faults: vec![Fault { message, at, variable: None }] }
    }

    /// The document asks for more than `limit` of something, and `found` says how much.
    pub fn too_complex(key: &'static str, found: impl TryInto<u64>, limit: impl TryInto<u64>) -> Denial {
        let message = Message::new(key)
            .with("found", found.try_into().unwrap_or(u64::MAX))
            .with("limit", limit.try_into().unwrap_or(u64::MAX));
        Denial::one(ErrorCode::QueryTooComplex, message, None)
    }

    pub fn in_language(self, language: Language) -> Refusal {
        let errors = self
            .faults
            .into_iter()
            .map(|fault| {
                let mut error = ServerError::new(fault.message.render(language), fault.at);
                let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
                extensions.set("code", self.code.as_str());
                if let Some(variable) = fault.variable {
                    extensions.set("variable", variable);
                }
                error
            })
            .collect();
        Refusal { code: self.code, errors }
    }
}
