//! What a server asks its client: roots, sampling and elicitation.
