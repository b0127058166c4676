//! The picture of a failure, as a browser shows it.
//!
//! It needs Chromium. Where there is none, a line says so; where
//! `SUREFOOT_NEEDS_BROWSER` is set, as in CI, that is a failure.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "scenarios use Tokio as its users do")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use surefoot::sim::{Explorer, Failure, Strategy};
use surefoot::spawn::{Spawner, spawn};
use tokio::task::yield_now;

/// A failure of so many tasks and about so many steps each, which takes a deviation.
fn failure(tasks: u64, steps: u64) -> Box<Failure> {
    let explorer = Explorer::new().name(format!("{tasks} tasks × {steps} steps"));
    let explorer = explorer.strategy(Strategy::Random).seed(1).max_steps(1_000_000).faults(1);
    let failed = explorer.run(move || async move {
        let late = spawn(async { tokio::time::sleep(std::time::Duration::from_millis(7)).await });
        let workers: Vec<_> = (1..tasks - 1)
            .map(|i| {
                let name = format!("worker {i} <of many & more>");
                Spawner::new().name(name).spawn(async move {
                    for _ in 0..steps {
                        yield_now().await;
                    }
                })
            })
            .collect();
        for worker in workers {
            let _ = worker.await;
        }
        let _ = late.await;
        assert!(!surefoot::probe::fault("the disk is full"), "a fault struck");
    });
    failed.expect_err("it fails when the fault strikes")
}

fn browser() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        let needed = env::var_os("SUREFOOT_NEEDS_BROWSER").is_some_and(|value| !value.is_empty());
        assert!(!needed, "there is no Chromium, and SUREFOOT_NEEDS_BROWSER is set");
        // Past the capture of the test harness.
        writeln!(
            std::io::stderr(),
            "timeline: there is no Chromium here: the pages were not looked at"
        )
        .expect("standard error takes a line");
    }
    found
}

/// What the page comes to in a window of that size, by `check.js`.
fn looked_at(browser: &Path, page: &Path, size: &str, is_dark: bool) -> Vec<String> {
    let profile = page.with_extension("profile");
    let scheme = if is_dark { 0 } else { 1 };
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-extensions", "--dump-dom"])
        .arg(format!("--window-size={size}"))
        .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let result =
        dom.split_once("<pre id=\"result\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (result, _) = result.unwrap_or_else(|| panic!("the page was not checked: {dom:.2000}"));
    result.lines().map(str::to_owned).collect()
}

fn written(failure: &Failure, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("timeline");
    fs::create_dir_all(&folder).unwrap();
    let page = failure.timeline().to_string();
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(!page.contains("http://") && !page.contains("https://"), "it needs no other file");
    fs::write(folder.join(format!("{name}.html")), &page).unwrap();
    let path = folder.join(format!("{name}-checked.html"));
    // In a scope of its own: the page has names, too.
    let check = format!("<script>{{\n{}}}</script></body>", include_str!("check.js"));
    fs::write(&path, page.replace("</body>", &check)).unwrap();
    path
}

fn reads_well(failure: &Failure, name: &str, lanes: usize) {
    let page = written(failure, name);
    let Some(browser) = browser() else { return };
    for is_dark in [false, true] {
        for size in ["1280,800", "700,900"] {
            let result = looked_at(&browser, &page, size, is_dark);
            let steps = failure.trace.rows().len();
            let start = format!("steps {steps}; lanes {lanes}; texts ");
            assert!(result[0].starts_with(&start), "{result:#?}, not {start}");
            assert_eq!(result[1..], [""; 0], "{name}, {size}, dark: {is_dark}");
        }
    }
}

/// A few tasks: each step has words beside it.
#[test]
fn a_small_failure_reads_well() {
    reads_well(&failure(3, 27), "small", 3);
}

/// Many tasks and many steps: narrow lanes, and still a page that works.
#[test]
fn a_large_failure_reads_well() {
    let failure = failure(50, 42);
    assert!(failure.trace.rows().len() > 2_000, "{}", failure.trace.rows().len());
    reads_well(&failure, "large", 50);
}

/// The checks see what they look for.
#[test]
fn a_page_that_is_bad_is_found() {
    let page = written(&failure(3, 27), "bad");
    let Some(browser) = browser() else { return };
    let text = fs::read_to_string(&page).unwrap();
    for (from, to, says) in [
        ("--quiet: #4a5361", "--quiet: #a0a0a0", "contrast "),
        ("font: 11.5px", "font: 10px", "is too small"),
        ("aria-label='step 3,", "aria-label='no", "has no name"),
        ("<main>", "<main style='width:3000px'>", "the page is 3"),
        ("ArrowDown: () => chosen + 1", "ArrowDown: () => chosen", "the next step"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&page, text.replace(from, to)).unwrap();
        let result = looked_at(&browser, &page, "1280,800", false);
        assert!(result.iter().any(|line| line.contains(says)), "{says}: {result:#?}");
    }
}
