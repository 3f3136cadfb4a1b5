//! Blocks of content, and the messages that hold them.

use harness::Revision;

use super::{Case, Is, Member, Shape, may, must};

/// Who speaks.
pub const ROLE: Is = Is::Word(&["user", "assistant"]);

/// `_meta`, of things that have one since the third revision.
pub(super) const META: Member = may("_meta", Is::Object).since(Revision::R20250618);
/// `title`, of things that have a name.
pub(super) const TITLE: Member = may("title", Is::Text).since(Revision::R20250618);
/// `icons`, of things that are shown.
pub(super) const ICONS: Member = may("icons", Is::List(&Is::A(&ICON))).since(Revision::R20251125);
/// `annotations` of contents and resources.
pub(super) const ANNOTATIONS: Member = may("annotations", Is::A(&HINTS));

const HINTS: Shape = Shape(&[
    may("audience", Is::List(&ROLE)),
    may("priority", Is::Fraction),
    may("lastModified", Is::Text).since(Revision::R20250618),
]);

const ICON: Shape = Shape(&[
    must("src", Is::Text),
    may("mimeType", Is::Text),
    may("sizes", Is::List(&Is::Text)),
    may("theme", Is::Word(&["light", "dark"])),
]);

const TEXT: Shape = Shape(&[must("text", Is::Text), ANNOTATIONS, META]);

const MEDIA: Shape =
    Shape(&[must("data", Is::Text), must("mimeType", Is::Text), ANNOTATIONS, META]);

const EMBEDDED: Shape = Shape(&[must("resource", CONTENTS), ANNOTATIONS, META]);

const LINK: Shape = Shape(&[
    must("uri", Is::Text),
    must("name", Is::Text),
    TITLE,
    may("description", Is::Text),
    may("mimeType", Is::Text),
    may("size", Is::Whole),
    ANNOTATIONS,
    ICONS,
    META,
]);

const TOOL_USE: Shape =
    Shape(&[must("id", Is::Text), must("name", Is::Text), must("input", Is::Object), META]);

const TOOL_RESULT: Shape = Shape(&[
    must("toolUseId", Is::Text),
    must("content", Is::List(&BLOCK)),
    may("isError", Is::Flag),
    META,
]);

const fn case(name: &'static str, since: Revision, shape: &'static Shape) -> Case {
    Case { name, since, shape }
}

/// One block of content.
pub const BLOCK: Is = Is::ByKind(
    "type",
    &[
        case("text", Revision::R20241105, &TEXT),
        case("image", Revision::R20241105, &MEDIA),
        case("audio", Revision::R20250326, &MEDIA),
        case("resource", Revision::R20241105, &EMBEDDED),
        case("resource_link", Revision::R20250618, &LINK),
    ],
);

/// One block of what a model reads or writes.
const SAMPLED: Is = Is::ByKind(
    "type",
    &[
        case("text", Revision::R20241105, &TEXT),
        case("image", Revision::R20241105, &MEDIA),
        case("audio", Revision::R20250326, &MEDIA),
        case("tool_use", Revision::R20251125, &TOOL_USE),
        case("tool_result", Revision::R20251125, &TOOL_RESULT),
    ],
);

/// What is read of a resource: a text or a blob.
pub(super) const CONTENTS: Is = Is::Either(
    "the contents of a resource: `uri` with either `text` or `blob`",
    &[
        Is::A(&Shape(&[
            must("uri", Is::Text),
            may("mimeType", Is::Text),
            must("text", Is::Text),
            META,
        ])),
        Is::A(&Shape(&[
            must("uri", Is::Text),
            may("mimeType", Is::Text),
            must("blob", Is::Text),
            META,
        ])),
    ],
);

/// A message of a prompt.
pub(super) const PROMPT_MESSAGE: Shape = Shape(&[must("role", ROLE), must("content", BLOCK)]);

/// A message that a model is to answer.
pub(super) const SAMPLING_MESSAGE: Shape = Shape(&[
    must("role", ROLE),
    must("content", SAMPLED).until(Revision::R20250618),
    must(
        "content",
        Is::Either("a block of content, or an array of them", &[SAMPLED, Is::List(&SAMPLED)]),
    )
    .since(Revision::R20251125),
    META,
]);
