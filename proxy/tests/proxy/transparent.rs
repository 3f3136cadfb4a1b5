//! Without a fault the proxy behaves exactly like the server itself.

use std::io::{Read, Write};

use pretty_assertions::assert_eq;
use proxy::{Delays, End, Relay};

use crate::world::{World, said};

#[test]
fn every_byte_comes_through_both_ways() {
    for input in [
        &b"{\"id\":1}\n"[..],
        b"no message\n\n\r\n\xef\xbb\xbf{}\n",
        b"\xff\xfe\0 no text \x80\n",
        b"a last line without an end",
    ] {
        let (output, end) = said(Relay::default(), "cat", input);
        assert_eq!((output.as_slice(), end), (input, End::Code(0)));
    }
}

#[test]
fn every_byte_comes_through_where_lines_are_looked_at() {
    let relay = || Relay { delays: Some(Delays::new(1)), ..Relay::default() };
    for input in [&b"{\"id\":1}\n\xff\xfe\n\r\n"[..], b"a last line without an end"] {
        let (output, end) = said(relay(), "cat", input);
        assert_eq!((output.as_slice(), end), (input, End::Code(0)));
    }
}

#[test]
fn a_piece_comes_through_before_its_line_ends() {
    let mut world = World::start(Relay::default(), "cat");
    world.input.write_all(b"half").unwrap();
    let mut half = [0; 4];
    world.output.read_exact(&mut half).unwrap();
    assert_eq!(&half, b"half");
    assert_eq!(world.end(), (Vec::new(), End::Code(0)));
}

#[test]
fn a_long_stream_comes_through_whole() {
    for relay in [Relay::default(), Relay { delays: Some(Delays::new(1)), ..Relay::default() }] {
        // One line of 64 MB, more than is parsed.
        let mut world = World::start(relay, "cat");
        let mut writer = world.input.try_clone().unwrap();
        let written = std::thread::spawn(move || {
            for _ in 0..64 {
                writer.write_all(&[b'x'; 1 << 20]).unwrap();
            }
            writer.write_all(b"\n").unwrap();
        });
        let mut buffer = vec![0; 1 << 20];
        for _ in 0..64 {
            world.output.read_exact(&mut buffer).unwrap();
            assert!(buffer.iter().all(|byte| *byte == b'x'));
        }
        written.join().unwrap();
        assert_eq!(world.end(), (b"\n".to_vec(), End::Code(0)));
    }
}

#[test]
fn a_direction_that_is_stuck_does_not_stop_the_other() {
    // More than all pipes hold, and nothing is read until everything is written.
    let mut world = World::start(Relay::default(), "head -c 2000000 /dev/zero & wc -c; wait");
    world.input.write_all(&vec![b'x'; 2_000_000]).unwrap();
    let (output, end) = world.end();
    assert_eq!(end, End::Code(0));
    let text = output.iter().filter(|byte| **byte != 0).copied().collect();
    assert_eq!(String::from_utf8(text).unwrap().trim(), "2000000");
    assert_eq!(output.iter().filter(|byte| **byte == 0).count(), 2_000_000);
}
