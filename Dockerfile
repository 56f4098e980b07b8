# One image, one process. The data lives in the volume; the rest may be read-only.
#   docker build -t gsctracker .
#   docker run -d --name gsctracker -p 3000:3000 -v gsctracker:/data --read-only --tmpfs /tmp --cap-drop ALL gsctracker

FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /venv && python -m venv /build
COPY requirements requirements
# what is installed is what was locked, file by file: a package that was changed since has another hash and stops the build
RUN /venv/bin/pip install --no-cache-dir --no-compile --require-hashes --requirement requirements/image.txt \
 && /build/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY gsctracker gsctracker
RUN /build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /venv/bin/pip install --no-cache-dir --no-compile --no-deps --no-index --find-links /wheels gsctracker \
 && /venv/bin/pip uninstall --yes pip
# of Amazon's 400 services three are asked, of 1,000 languages two are spoken, and nothing is compiled: half of what there was
RUN cd /venv/lib/python3*/site-packages \
 && find botocore/data -mindepth 1 -maxdepth 1 -type d ! -name s3 ! -name sts ! -name secretsmanager -exec rm -r {} + \
 && find babel/locale-data -name '*.dat' ! -name root.dat ! -name 'en*.dat' ! -name 'es*.dat' -delete \
 && find . -name '*.c' -delete \
 && rm -r apsw/sqlite_extra_binaries
# what a start reads is made ready for it, since the root of the box can only be read
RUN /venv/bin/python -c 'import gsctracker.web.app, gsctracker.web.server, gsctracker.jobs.scheduler, boto3.session, fpdf, xlsxwriter'

FROM python:3.12-slim
RUN useradd --uid 1000 --user-group --no-create-home --shell /usr/sbin/nologin gsctracker \
 && install --directory --owner 1000 --group 1000 --mode 0700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    LOG_FORMAT=json
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s --retries=3 CMD ["gsctracker", "healthcheck"]
ENTRYPOINT ["gsctracker"]
CMD ["serve"]
