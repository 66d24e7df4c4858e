//! `store`: git says which password worked.

use crate::machine::world::World;
use crate::verification::marks::Marks;
use codecommit::attributes;
use std::io::Read;

/// The mark of that answer is confirmed. Whatever else is in the request is none of ours.
pub(crate) fn store(world: &World, request: &mut dyn Read) {
    if let Some(password) = attributes::stored_password(request) {
        Marks::of(world).confirm(&password);
    }
}
