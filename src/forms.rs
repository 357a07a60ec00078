//! The forms of this server. The workflow knows none of them; here they are plugged in.

use crate::budget::disclosure::form::Disclosures;
use crate::budget::form::BudgetExecutionForm;
use crate::dossier::form::DossierStatisticsForm;
use crate::form::FormCode;
use crate::savings::form::Appraised;
use crate::template;
use crate::template::form::{Beside, TemplateForm};
use crate::workflow::{Form, Forms};

/// What a form has beside what its template can say.
pub fn beside(form: FormCode) -> Option<&'static dyn Beside> {
    match form {
        FormCode::SavingsScore => Some(&Appraised),
        FormCode::BudgetDisclosure => Some(&Disclosures),
        _ => None,
    }
}

/// Every form: those that are features of their own, and those that templates describe. Templates that can't
/// be read are none here; [`crate::graphql::build`] then refuses to start.
pub fn all() -> Forms {
    let mut forms: Vec<Box<dyn Form>> = vec![Box::new(DossierStatisticsForm), Box::new(BudgetExecutionForm)];
    for template in template::all().unwrap_or_default() {
        forms.push(Box::new(TemplateForm::new(template, beside(template.code))));
    }
    Forms::new(forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_form() {
        let forms = all();
        assert_eq!(forms.iter().count(), FormCode::ALL.len());
        for code in FormCode::ALL {
            assert_eq!(forms.get(*code).unwrap().code(), *code);
        }
    }
}
