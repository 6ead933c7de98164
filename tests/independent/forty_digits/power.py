"""Power of t tests in 40-digit arithmetic with mpmath, by the definition; its output stands beside it.

Run:  python power.py > power.txt        (ten minutes; needs mpmath 1.4, nothing of ours)
"""

from functools import cache

from mpmath import betainc, erfc, exp, findroot, gamma, log, mp, mpf, quad, sqrt

mp.dps = 40


def upper(x):
    return erfc(x / sqrt(2)) / 2


@cache
def critical(df):
    """t with P(|T| > t) = 0.05, from the incomplete beta function."""
    alpha = mpf(5) / 100
    return findroot(lambda t: betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) - alpha, mpf(2))


def two_sided(df, noncentrality):
    """E[Phi(nc - t U) + Phi(-nc - t U)], U^2 = chi-square(df) / df."""
    df, t, half = mpf(df), critical(mpf(df)), mpf(df) / 2
    scale, width = 2 * exp(half * log(half)) / gamma(half), 1 / sqrt(2 * df)

    def integrand(u):
        density = scale * u ** (df - 1) * exp(-half * u * u)
        return density * (upper(t * u - noncentrality) + upper(t * u + noncentrality))

    return quad(integrand, sorted({mpf(0), *(max(mpf(0), 1 + k * width) for k in (-8, -4, -2, 0, 2, 4, 8, 24))}))


def two_sample(effect, first, second):
    return two_sided(first + second - 2, effect * sqrt(mpf(first) * second / (first + second)))


def size(effect, power, near):
    start = (mpf(near), mpf(near) + mpf(1) / 100)
    return findroot(lambda n: two_sample(effect, n, n) - power, start, tol=mpf(10) ** -60)


def ancova(effect, first, second, correlation):
    """E[power given the imbalance of the covariate]: u ~ Beta((n - 2)/2, 1/2), nc = effect sqrt(u) / (s c)."""
    n, s, c = first + second, sqrt(mpf(1) / first + mpf(1) / second), sqrt(1 - correlation**2)
    a, b = mpf(n - 2) / 2, mpf(1) / 2
    constant = gamma(a + b) / (gamma(a) * gamma(b))

    def at(w):  # u = 1 - w^2 removes the singularity at u = 1
        return 2 * constant * (1 - w * w) ** (a - 1) * two_sided(n - 3, effect * sqrt(1 - w * w) / (s * c))

    mp.dps = 18
    found = quad(at, [0, mpf(1) / 2, 1])
    mp.dps = 40
    return found


half, change = mpf("0.5"), mpf("0.5") / sqrt(mpf("0.8"))
for name, value in (
    ("size 0.5 0.8", size(half, mpf("0.8"), 63.7)),
    ("size 0.5 0.9", size(half, mpf("0.9"), 85)),
    ("size 1 0.8", size(mpf(1), mpf("0.8"), 16.7)),
    ("size 1.2 0.8", size(mpf("1.2"), mpf("0.8"), 11.9)),
    ("two_sample 1 15 15", two_sample(mpf(1), 15, 15)),
    ("paired 0.8 15", two_sided(14, mpf("0.8") * sqrt(mpf(15)))),
    ("change 0.5 15 15 0.6", two_sample(change, 15, 15)),
    ("follow-up 0.5 15 15", two_sample(half, 15, 15)),
    ("paired arm 0.5 15 0.6", two_sided(14, change * sqrt(mpf(15)))),
):
    print(name, mp.nstr(value, 25))
for effect, first, second, correlation in (
    ("0.5", 15, 15, "0.6"),
    ("1", 15, 15, "0.6"),
    ("0.5", 15, 15, "0.7"),
    ("0.5", 14, 14, "0.5"),
    ("0.5", 64, 64, "0"),
    ("1", 8, 7, "0.7"),
    ("0", 15, 15, "0.6"),
):
    found = ancova(mpf(effect), first, second, mpf(correlation))
    print("ancova", effect, first, second, correlation, mp.nstr(found, 16))
