//! Wishes count for the conversation that they come with; what a defect hands on to the next one.

use super::Configs;
use crate::fault::fault;
use crate::settings::Overrides;

impl Configs {
    /// The wishes of a conversation, with what a defect keeps of the former one's.
    pub(super) fn with_former(&self, wishes: &Overrides) -> Overrides {
        let former = self.former.borrow().clone();
        let mut wishes = wishes.clone();
        if fault!(MODEL_HANDED_ON) {
            wishes.model = wishes.model.or(former.model);
        }
        if fault!(INSTRUCTIONS_HANDED_ON) {
            wishes.base_instructions = wishes.base_instructions.or(former.base_instructions);
        }
        if fault!(DEVELOPER_HANDED_ON) {
            wishes.developer_instructions =
                wishes.developer_instructions.or(former.developer_instructions);
        }
        if wishes.model.is_some() || wishes.base_instructions.is_some() {
            self.former.replace(wishes.clone());
        }
        wishes
    }
}
