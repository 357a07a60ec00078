//! Passwords: argon2id with the crate's parameters (19 MiB, two passes: the OWASP recommendation).

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use kernel::error::{ApiError, ApiResult};

/// The shortest password that is taken, in characters.
pub const MIN_LENGTH: usize = 10;
/// The longest, which bounds the work of hashing.
pub const MAX_LENGTH: usize = 200;

/// Hashes a password with a salt of its own. Takes tens of milliseconds of a core.
pub fn hash(password: &str) -> ApiResult<String> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(ApiError::internal)?;
    let salt = SaltString::encode_b64(&salt).map_err(ApiError::internal)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(ApiError::internal)?;
    Ok(hash.to_string())
}

/// Whether a password fits a stored hash.
pub fn verify(password: &str, stored: &str) -> ApiResult<bool> {
    let stored = PasswordHash::new(stored).map_err(ApiError::internal)?;
    match Argon2::default().verify_password(password.as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(ApiError::internal(error)),
    }
}

/// A hash that no password fits, to be verified when there is no such account: the time taken tells nothing.
pub const NO_ACCOUNT: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let stored = hash("một mật khẩu dài").unwrap();
        assert!(verify("một mật khẩu dài", &stored).unwrap());
        assert!(!verify("một mật khẩu khác", &stored).unwrap());
        assert!(stored.starts_with("$argon2id$"));
        assert!(!verify("", NO_ACCOUNT).unwrap());
    }
}
