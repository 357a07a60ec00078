//! The forms of this server. The workflow knows none of them; here they are plugged in.

use crate::dossier::form::DossierStatisticsForm;
use crate::workflow::Forms;

/// Every form.
pub fn all() -> Forms {
    Forms::new(vec![Box::new(DossierStatisticsForm)])
}
