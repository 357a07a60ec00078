//! Scalars of this API. Rust's `i64` would be published as `Int` and sent beyond 32 bits.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};

use kernel::error::{ApiError, ApiResult};
use kernel::money::MAX_EXACT;

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().filter(|number| (-MAX_EXACT..=MAX_EXACT).contains(number)),
        _ => None,
    }
}

fn parse(value: Value) -> InputValueResult<i64> {
    match (&value, whole(&value)) {
        (_, Some(number)) => Ok(number),
        (Value::Number(number), None) => {
            Err(InputValueError::custom(format!("{number} is not a whole number within ±(2^53-1)")))
        }
        _ => Err(InputValueError::expected_type(value)),
    }
}

macro_rules! whole_number {
    ($(#[doc = $doc:literal])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// A number that every JSON reader keeps exactly; none for one that is larger.
            pub fn exact(number: i64) -> Option<Self> {
                (-MAX_EXACT..=MAX_EXACT).contains(&number).then_some($name(number))
            }
        }

        rows::plain_scalar!($name);

        $(#[doc = $doc])*
        #[Scalar]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                parse(value).map($name).map_err(InputValueError::propagate)
            }

            fn to_value(&self) -> Value {
                Value::Number(Number::from(self.0))
            }
        }
    };
}

whole_number! {
    /// A number of things (số lượng): a whole number as a JSON integer, within ±(2^53-1); larger than `Int` where sums of a city are.
    Count
}
whole_number! {
    /// Money in Vietnamese đồng (đồng Việt Nam): a whole number as a JSON integer, within ±(2^53-1); never a fraction.
    Vnd
}
whole_number! {
    /// A revision of a programme's figures (phiên bản số liệu): 1, 2, 3 ...; grows with every change.
    Revision
}

/// A sum of đồng as it is sent; an error, never a wrong number, where it is beyond what every reader of JSON keeps exactly.
pub fn money(amount: i64) -> ApiResult<Vnd> {
    Vnd::exact(amount).ok_or_else(|| ApiError::internal("a sum of money is too large to be sent exactly"))
}
