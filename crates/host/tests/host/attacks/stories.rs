//! Attacks that are stories: what mirrors serve, one after the other, and what the host makes of it.

use super::{all_have_tests, of_stories, told::tell};

fn attack(name: &str) {
    tell(&of_stories().join(name.replace('_', "-")), name);
}

#[test]
fn every_story_has_a_test() {
    all_have_tests(&of_stories(), STORIES);
}

named_tests! { STORIES, attack:
    body_cut_off
    cache_signed_by_another_key
    cache_that_serves_other_bytes
    clock_a_year_back
    clock_behind_what_was_seen
    clock_ten_years_forward
    clock_that_was_never_set
    endless_head
    endless_manifest
    endless_pointer
    endless_secrets
    endless_signature
    equal_id_with_other_bytes
    first_mirror_is_behind
    first_mirror_is_below_the_floor
    first_mirror_is_down
    first_mirror_is_endless
    first_mirror_is_hostile
    first_mirror_is_slow
    first_mirror_lacks_parts
    first_mirror_serves_html
    floor_after_a_failed_apply_a_reboot_and_a_loss
    gzip_bomb_that_does_not_fit
    gzip_bomb_that_fits
    halt_taken_back_by_an_older_pointer
    html_with_status_200
    https_of_an_unknown_authority
    https_of_the_authority_that_the_host_names
    id_lower_than_seen
    jump_to_the_last_id_and_recovery
    key_past_its_end
    key_that_was_revoked
    manifest_signature_cut_off
    manifest_unsigned
    mirrors_that_contradict_each_other
    one_byte_a_second
    path_not_in_a_cache
    pointer_expired_while_nothing_changed
    pointer_of_one_and_manifest_of_another
    pointer_that_gives_another_number
    pointer_that_names_another_manifest
    pointer_unsigned
    redirect_from_https_to_http
    redirect_in_a_circle
    redirect_that_is_followed
    redirect_to_a_file
    redirect_to_another_scheme
    same_pointer_for_longer_than_the_host_allows
    secrets_of_another_release
    signature_cut_off
    signature_empty
    signature_followed_by_more
    signature_of_another_file
    signature_that_speaks_of_another_release
    signed_by_a_namesake
    signed_by_a_stranger
    silence
    status_500
    toplevel_without_a_switch_script
    toplevel_without_an_updater
    unchanged_though_nothing_was_known
}
