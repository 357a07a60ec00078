//! The forms of this server. The workflow knows none of them; here they are plugged in.

use crate::budget::form::BudgetExecutionForm;
use crate::dossier::form::DossierStatisticsForm;
use crate::template;
use crate::template::form::TemplateForm;
use crate::workflow::{Form, Forms};

/// Every form: those that are features of their own, and those that templates describe. Templates that can't
/// be read are none here; [`crate::graphql::build`] then refuses to start.
pub fn all() -> Forms {
    let mut forms: Vec<Box<dyn Form>> = vec![Box::new(DossierStatisticsForm), Box::new(BudgetExecutionForm)];
    for template in template::all().unwrap_or_default() {
        forms.push(Box::new(TemplateForm(template)));
    }
    Forms::new(forms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormCode;

    #[test]
    fn every_code_has_its_form() {
        let forms = all();
        assert_eq!(forms.iter().count(), FormCode::ALL.len());
        for code in FormCode::ALL {
            assert_eq!(forms.get(*code).unwrap().code(), *code);
        }
    }
}
