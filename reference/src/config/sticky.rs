//! Wishes count for the conversation that they come with; what a defect hands on to the next one.

use super::Configs;
use crate::fault::fault;
use crate::settings::Overrides;

impl Configs {
    /// The wishes of a conversation, with what a defect keeps of the former one's.
    pub(super) fn with_former(&self, wishes: &Overrides) -> Overrides {
        let former = self.former.borrow().clone();
        let mut wishes = wishes.clone();
        if fault!(
            "model-handed-on",
            "The model that one conversation is started with counts for the next ones, too.",
            ["turn::separate::settings_are_not_handed_on"],
        ) {
            wishes.model = wishes.model.or(former.model);
        }
        if fault!(
            "instructions-handed-on",
            "The instructions that one conversation is started with count for the next ones, too.",
            ["turn::separate::settings_are_not_handed_on"],
        ) {
            wishes.base_instructions = wishes.base_instructions.or(former.base_instructions);
        }
        if fault!(
            "developer-handed-on",
            "What the developer says in one conversation is told in the next ones, too.",
            ["turn::separate::settings_are_not_handed_on"],
        ) {
            wishes.developer_instructions =
                wishes.developer_instructions.or(former.developer_instructions);
        }
        if wishes.model.is_some() || wishes.base_instructions.is_some() {
            self.former.replace(wishes.clone());
        }
        wishes
    }
}
