use clawlets_jobs::{Artifact, ArtifactCaps, ArtifactError, Refused};
use clawlets_model::ArtifactName;

use crate::fixture::{Bed, id};

fn file(name: &str, size: u64, content: u8) -> Artifact {
    Artifact { name: ArtifactName::parse(name).unwrap(), size, sha256: [content; 32] }
}

#[tokio::test]
async fn files_are_listed_by_name_and_may_be_recorded_twice() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    let add = |artifact| bed.store.add_artifact(job.id, 1, artifact, ArtifactCaps::default());
    for artifact in [file("out/b", 3, 1), file("a", 0, 2), file("out/b", 3, 1)] {
        add(artifact).await.unwrap();
    }
    let error = add(file("a", 1, 3)).await.unwrap_err();
    assert!(matches!(&error, ArtifactError::Exists(name) if name.as_str() == "a"), "{error}");
    let listed = bed.store.artifacts(job.id).await.unwrap();
    let listed: Vec<_> =
        listed.iter().map(|view| (view.name.as_str(), view.size, &view.sha256[..4])).collect();
    assert_eq!(listed, [("a", 0, "0202"), ("out/b", 3, "0101")]);
}

#[tokio::test]
async fn count_and_size_are_capped() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    let caps = ArtifactCaps { count: 2, bytes: 10 };
    let add = |artifact| bed.store.add_artifact(job.id, 1, artifact, caps);
    add(file("a", 6, 1)).await.unwrap();
    let error = add(file("b", 5, 1)).await.unwrap_err();
    assert!(matches!(error, ArtifactError::TooLarge { total: 11, limit: 10 }), "{error}");
    let error = add(file("b", u64::MAX, 1)).await.unwrap_err();
    assert!(matches!(error, ArtifactError::TooLarge { .. }), "{error}");
    add(file("b", 4, 1)).await.unwrap();
    let error = add(file("c", 0, 1)).await.unwrap_err();
    assert!(matches!(error, ArtifactError::TooMany(2)), "{error}");
}

#[tokio::test]
async fn only_the_current_vm_of_a_running_job_leaves_files() {
    let bed = Bed::new();
    let add = |job, attempt| bed.store.add_artifact(job, attempt, file("a", 1, 1), ArtifactCaps::default());
    let job = bed.ready(1, 0).await;
    let error = add(job.id, 2).await.unwrap_err();
    assert!(matches!(error, ArtifactError::Refused(Refused::StaleAttempt { current: 1 })), "{error}");
    let done = bed.done(2, 0).await;
    let error = add(done.id, 1).await.unwrap_err();
    assert!(matches!(error, ArtifactError::Refused(Refused::Ended { .. })), "{error}");
    assert!(matches!(add(id(3), 1).await.unwrap_err(), ArtifactError::Unknown(_)));
}
