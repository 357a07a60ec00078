//! Reference data (dữ liệu tham chiếu): a programme as its plan has it. Organisations, reform areas, targets,
//! tasks, who leads them, who reports when, the measures and indicators that figures are read by, and dated parameters.
//!
//! It stands in readable files (`data/reference/<ward>/*.toml`). An Biên's are compiled in; another ward's
//! are read from a folder with the same files. [`load()`] brings the database to what the files say; people
//! change the rest through the API, and what they assigned is never overwritten.

mod budget_codes;
mod checks;
mod entries;
mod faults;
mod files;
mod load;
mod parameters;
mod writer;

pub use files::Reference;
pub use load::{Loaded, load};
