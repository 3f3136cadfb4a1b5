//! The variants as a whole: named once, said in a sentence, and off until somebody asks for one.

use reference::VARIANTS;

#[test]
fn variants_say_what_they_do_and_are_off() {
    assert!(VARIANTS.len() >= 22);
    for variant in VARIANTS {
        let name = variant.name;
        let kebab = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(!variant.is_active() && name.chars().all(kebab), "{name}");
        assert!(variant.sentence.ends_with('.'), "{name}");
        assert!(variant.file.ends_with(".rs") && variant.line > 0, "{name}");
        let twins = VARIANTS.iter().filter(|other| other.name == name).count();
        assert_eq!(twins, 1, "{name} is declared {twins} times");
    }
    let unknown = reference::variant::activate("no-such-variant").unwrap_err();
    assert!(unknown.to_string().contains("`no-such-variant`"));
}
