//! The forms of this server. The workflow knows none of them; here they are plugged in.

use std::sync::LazyLock;

use ::forms::template::form::TemplateForm;
use kernel::form::FormCode;
use kit::plugged::Beside;
use kit::plugged::{Form, Forms};
use procedures::dossier::form::DossierStatisticsForm;
use spending::budget::disclosure::form::Disclosures;
use spending::budget::form::BudgetExecutionForm;
use spending::savings::form::Appraised;

/// What a form has beside what its template can say.
pub fn beside(form: FormCode) -> Option<&'static dyn Beside> {
    match form {
        FormCode::SavingsScore => Some(&Appraised),
        FormCode::BudgetDisclosure => Some(&Disclosures),
        _ => None,
    }
}

/// The forms that are features of their own.
const FEATURES: &[&dyn Form] = &[&DossierStatisticsForm, &BudgetExecutionForm];

/// Every form: those that are features of their own, and those that templates describe. Templates that can't
/// be read are none here; [`crate::schema::build`] then refuses to start.
pub fn all() -> Forms {
    static DESCRIBED: LazyLock<Vec<TemplateForm>> = LazyLock::new(|| {
        let templates = templates::all().unwrap_or_default().iter();
        templates.map(|template| TemplateForm::new(template, beside(template.code), FEATURES)).collect()
    });
    let described = DESCRIBED.iter().map(|form| form as &'static dyn Form);
    Forms::new(FEATURES.iter().copied().chain(described).collect())
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

    #[test]
    fn what_forms_are_compared_with_is_there() {
        for template in templates::all().unwrap() {
            for comparison in &template.comparisons {
                let known = match comparison.form {
                    FormCode::DossierStatistics => {
                        procedures::dossier::rules::FIELDS.iter().any(|field| field.measure == comparison.other)
                    }
                    other => {
                        let measures = &templates::of(other).unwrap().measures;
                        measures.iter().any(|measure| measure.code == comparison.other)
                    }
                };
                assert!(known, "{}: {}", template.code, comparison.other);
            }
        }
    }
}
