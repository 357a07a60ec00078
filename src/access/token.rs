//! Access tokens: short-lived JWTs (RFC 7519), signed with Ed25519 (RFC 8037). The key is made on the first
//! start; its public half is published as a JWK set (RFC 7517), so that other systems can check a token
//! without asking.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use kernel::error::{ApiError, ApiResult, ErrorCode};
use kernel::i18n::Message;

/// Who issues and who takes these tokens.
const ISSUER: &str = "reform-api";

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// The account.
    pub sub: Uuid,
    /// The sign-in it belongs to.
    pub sid: Uuid,
    /// Issued at, seconds.
    pub iat: i64,
    /// Expires at, seconds.
    pub exp: i64,
}

/// The signing key and its public half.
pub struct Keys {
    kid: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    public: [u8; 32],
    /// Tokens whose signature is good, with what they say; the least used go first.
    verified: Cache<Box<str>, Claims>,
}

/// How many tokens are remembered.
const REMEMBERED: u64 = 10_000;

impl Keys {
    /// Makes a new key.
    pub fn generate() -> Result<(Keys, String), String> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
        let key = SigningKey::from_bytes(&seed);
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
        Ok((Keys::from_key(&key)?, pem.to_string()))
    }

    /// Reads a key in PKCS#8 PEM.
    pub fn from_pem(pem: &str) -> Result<Keys, String> {
        Keys::from_key(&SigningKey::from_pkcs8_pem(pem).map_err(|error| error.to_string())?)
    }

    /// Reads the key of a file, and makes both when the file is missing. Only its owner may read the file.
    pub fn load_or_create(file: &Path) -> Result<Keys, String> {
        let about = |error: std::io::Error| format!("{}: {error}", file.display());
        match std::fs::read_to_string(file) {
            Ok(pem) => Keys::from_pem(&pem).map_err(|error| format!("{}: {error}", file.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let (keys, pem) = Keys::generate()?;
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut handle = options.open(file).map_err(about)?;
                std::io::Write::write_all(&mut handle, pem.as_bytes()).map_err(about)?;
                handle.sync_all().map_err(about)?;
                Ok(keys)
            }
            Err(error) => Err(about(error)),
        }
    }

    fn from_key(key: &SigningKey) -> Result<Keys, String> {
        let public = key.verifying_key().to_bytes();
        let der = key.to_pkcs8_der().map_err(|error| error.to_string())?;
        let x = URL_SAFE_NO_PAD.encode(public);
        // RFC 7638: the thumbprint of the required members in lexical order.
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        Ok(Keys {
            kid: URL_SAFE_NO_PAD.encode(thumbprint),
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_components(&x).map_err(|error| error.to_string())?,
            public,
            verified: Cache::new(REMEMBERED),
        })
    }

    /// The JWK set.
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": self.kid, "x": URL_SAFE_NO_PAD.encode(self.public),
        }] })
    }

    /// Signs an access token.
    pub fn sign(&self, person_id: Uuid, session_id: Uuid, now: DateTime<Utc>, lifetime: Duration) -> ApiResult<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: person_id,
            sid: session_id,
            iat: now.timestamp(),
            exp: now.timestamp().saturating_add(lifetime),
        };
        jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(ApiError::internal)
    }

    /// Checks an access token. The time is an argument; the library's own clock is not asked. A token whose signature was
    /// found good is remembered, in bounds: its claims can't change, and whether it has expired is asked each time.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> ApiResult<Claims> {
        if let Some(claims) = self.verified.get(token) {
            if claims.exp > now.timestamp() {
                return Ok(claims);
            }
            self.verified.invalidate(token);
        }
        let claims = self.check(token, now)?;
        self.verified.insert(token.into(), claims.clone());
        Ok(claims)
    }

    fn check(&self, token: &str, now: DateTime<Utc>) -> ApiResult<Claims> {
        let invalid = || ApiError::new(ErrorCode::Unauthenticated, Message::new("access-token-invalid"));
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).map_err(|_| invalid())?;
        if data.header.kid.as_deref() != Some(&self.kid) || data.claims.exp <= now.timestamp() {
            return Err(invalid());
        }
        Ok(data.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_token_lives_as_long_as_it_says_and_not_longer() {
        let (keys, pem) = Keys::generate().unwrap();
        let token = keys.sign(Uuid::from_u128(1), Uuid::from_u128(2), at(1000), Duration::from_secs(60)).unwrap();
        assert_eq!(keys.verify(&token, at(1059)).unwrap().sid, Uuid::from_u128(2));
        // Asked again, it is known by then, and no better for it.
        assert_eq!(keys.verify(&token, at(1059)).unwrap().sid, Uuid::from_u128(2));
        assert!(keys.verify(&token, at(1060)).is_err());
        // The same key read again takes it, another does not.
        assert!(Keys::from_pem(&pem).unwrap().verify(&token, at(1001)).is_ok());
        assert!(Keys::generate().unwrap().0.verify(&token, at(1001)).is_err());
    }

    #[test]
    fn tampered_and_unsigned_tokens_are_refused() {
        let (keys, _) = Keys::generate().unwrap();
        let token = keys.sign(Uuid::from_u128(1), Uuid::from_u128(2), at(1000), Duration::from_secs(60)).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let payload = r#"{"iss":"reform-api","sub":"00000000-0000-0000-0000-000000000009","sid":"00000000-0000-0000-0000-000000000002","iat":0,"exp":99999999999}"#;
        let forged = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(payload), parts[2]);
        let none =
            format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#), URL_SAFE_NO_PAD.encode(payload));
        for token in [forged.as_str(), none.as_str(), "", "a.b.c", &token[..token.len() - 4]] {
            assert!(keys.verify(token, at(1001)).is_err(), "{token}");
        }
    }
}
