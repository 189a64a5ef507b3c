//! Attacks that are bad documents.

use std::fs;

use super::{Step, all_have_tests, of_documents, told::tell_of_document};

fn attack(name: &str) {
    let folder = of_documents().join(name.replace('_', "-"));
    let refusal = fs::read_to_string(folder.join("refusal")).unwrap();
    let (code, words) = refusal.trim_end().split_once(": ").unwrap();
    let files = ["latest.json", "7.json", "secrets.tgz"];
    let file = files.into_iter().find(|file| folder.join(file).exists()).unwrap();
    let bytes = fs::read(folder.join(file)).unwrap();
    tell_of_document(file, bytes, &Step::refused(code, words), name);
}

#[test]
fn every_bad_document_has_a_test() {
    all_have_tests(&of_documents(), DOCUMENTS);
}

named_tests! { DOCUMENTS, attack:
    bundle_cut_off
    bundle_in_two_frames
    bundle_of_the_old_form
    bundle_that_is_a_bomb
    bundle_that_is_no_gzip
    bundle_with_257_files
    bundle_with_a_block_device
    bundle_with_a_character_device
    bundle_with_a_climbing_name
    bundle_with_a_doubled_name
    bundle_with_a_file_cut_off
    bundle_with_a_folder
    bundle_with_a_hard_link
    bundle_with_a_hidden_name
    bundle_with_a_long_name
    bundle_with_a_name_of_100_bytes
    bundle_with_a_name_that_ends_twice
    bundle_with_a_pipe
    bundle_with_a_plain_file
    bundle_with_a_prefix
    bundle_with_a_size_of_8_gib
    bundle_with_a_sparse_file
    bundle_with_a_subfolder
    bundle_with_a_symlink
    bundle_with_a_wrong_checksum
    bundle_with_an_absolute_name
    bundle_with_an_extended_header
    bundle_with_garbage_behind
    bundle_with_something_behind_its_end
    bundle_without_an_end
    manifest_check_of_unknown_kind
    manifest_check_without_its_unit
    manifest_doubled_key
    manifest_for_another_channel
    manifest_for_another_host
    manifest_for_another_machine
    manifest_grace_outlasts_the_probation
    manifest_is_html
    manifest_names_a_foreign_cache
    manifest_names_a_foreign_cache_key
    manifest_names_a_look_alike_cache
    manifest_names_too_many_caches
    manifest_needs_a_newer_updater
    manifest_needs_an_unknown_feature
    manifest_of_another_epoch
    manifest_of_another_release
    manifest_probation_for_ever
    manifest_revision_is_a_branch
    manifest_secrets_climb
    manifest_secrets_elsewhere
    manifest_secrets_of_unknown_format
    manifest_too_large
    manifest_toplevel_climbs
    manifest_toplevel_in_a_path
    manifest_toplevel_is_a_list
    manifest_toplevel_outside_the_store
    manifest_wave_beyond_all
    manifest_wave_falls
    pointer_byte_order_mark
    pointer_cut_off
    pointer_digest_in_upper_case
    pointer_doubled_key
    pointer_doubled_unknown_key
    pointer_ends_before_it_begins
    pointer_expired
    pointer_exponent_huge
    pointer_for_another_channel
    pointer_for_another_host
    pointer_from_the_future
    pointer_id_beyond_2_53
    pointer_id_huge
    pointer_id_is_a_fraction
    pointer_id_is_a_text
    pointer_id_negative
    pointer_id_zero
    pointer_is_a_list
    pointer_is_empty
    pointer_is_html
    pointer_names_a_climbing_file
    pointer_names_a_file_of_4_kib
    pointer_names_a_file_with_nul
    pointer_names_a_hidden_file
    pointer_names_a_url
    pointer_names_an_absolute_file
    pointer_nested_deeply
    pointer_nested_very_deeply
    pointer_not_utf_8
    pointer_of_another_schema
    pointer_time_with_offset
    pointer_too_large
    pointer_too_old
    pointer_trailing_garbage
    pointer_with_comments
    pointer_without_expiry
    pointer_without_host
}
