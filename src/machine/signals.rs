//! Holds the signals that end a process during the few system calls that belong together.
//!
//! Only what must not be torn apart is held: everywhere else a signal ends the process at once, as by default. Nothing can
//! hold SIGKILL. From the first [`hold`] on a signal also ends a process that was started to ignore it (nohup(1)): without
//! `unsafe` nothing tells that it was ignored.

/// Holds the signals until this is dropped. One that came meanwhile then ends the process.
#[must_use = "signals are held until this is dropped"]
pub(crate) fn hold() -> Held {
    platform::hold(true);
    Held(())
}

/// See [`hold`].
#[derive(Debug)]
pub(crate) struct Held(());

impl Drop for Held {
    fn drop(&mut self) {
        platform::hold(false);
    }
}

#[cfg(unix)]
mod platform {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::{flag, low_level};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    struct Flags {
        /// Whether a signal ends the process at once.
        ends: Arc<AtomicBool>,
        /// The signal that came while it did not; zero for none.
        came: Arc<AtomicUsize>,
    }

    /// Made when signals are first held. If a signal cannot be handled, it is not held.
    static FLAGS: OnceLock<Flags> = OnceLock::new();

    fn flags() -> Flags {
        let flags = Flags { ends: Arc::new(AtomicBool::new(true)), came: Arc::default() };
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            let number = usize::try_from(signal).unwrap_or_default();
            // In this order: a signal either ends the process or is remembered.
            let _ = flag::register_conditional_default(signal, Arc::clone(&flags.ends));
            let _ = flag::register_usize(signal, Arc::clone(&flags.came), number);
        }
        flags
    }

    pub(super) fn hold(is_held: bool) {
        let flags = FLAGS.get_or_init(flags);
        flags.ends.store(!is_held, Ordering::SeqCst);
        if is_held {
            return;
        }
        if let Some(signal) = i32::try_from(flags.came.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0) {
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

#[cfg(not(unix))]
mod platform {
    /// Ctrl-C ends the process at once; the next run removes the lock.
    pub(super) fn hold(_: bool) {}
}
