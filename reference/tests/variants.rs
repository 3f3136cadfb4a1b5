//! The variants as a whole: named once, said in a sentence, and off until somebody asks for one.

use reference::PLACES;

#[test]
fn variants_say_what_they_do_and_are_off() {
    assert!(PLACES.len() >= 22);
    for place in PLACES {
        let name = place.variant.name;
        let kebab = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(!place.is_active() && name.chars().all(kebab), "{name}");
        assert!(place.variant.sentence.ends_with('.'), "{name}");
        assert!(place.file.ends_with(".rs") && place.line > 0, "{name}");
        let twins = PLACES.iter().filter(|other| other.variant.name == name).count();
        assert_eq!(twins, 1, "{name} has {twins} places");
    }
    let unknown = reference::variant::activate("no-such-variant").unwrap_err();
    assert!(unknown.to_string().contains("`no-such-variant`"));
}
